import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { CborReader } from '../../../../../engine/pure/cbor-reader.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { semiHonestRoundBytes } from '../../../../../nodes/federated/secagg/expansion.ts';
import { completeMaskGraph, drawMaskGraph } from '../../../../../nodes/federated/secagg/graph.ts';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import {
  dequantise,
  dequantiseWithOffset,
  quantise,
  quantiseWithOffset,
  ringBitsForSum,
  ringHeadroom,
} from '../../../../../nodes/federated/secagg/quantise.ts';
import { addVectorInto } from '../../../../../nodes/federated/secagg/ring.ts';
import {
  decodeSecaggConfig,
  deriveSessionId,
  encodeSecaggConfig,
  type SecaggConfig,
  secaggConfigProblem,
} from '../../../../../nodes/federated/secagg/session-config.ts';
import {
  decodeSecaggMessage,
  encodeSecaggMessage,
} from '../../../../../nodes/federated/secagg/wire.ts';
import { CRYPTO, configOf, Session } from './session.ts';

function decoded(bytes: Uint8Array): SecaggConfig | undefined {
  const reader = new CborReader();
  reader.open(bytes, 0, bytes.length);
  return decodeSecaggConfig(reader);
}

describe('the agreement of a session', () => {
  it.each([
    ['one client', { n: 1, k: 1 }, '2 … 65534'],
    ['more neighbours than others', { k: 5 }, 'one less than clients'],
    ['an odd degree of a ring', { n: 9, k: 5 }, 'a ring needs an even one'],
    ['a threshold of one', { t: 1 }, '2 … 5'],
    ['a threshold above the holders', { t: 6 }, '2 … 5'],
    ['an empty vector', { m: 0 }, '0 elements'],
    ['33 bits', { bits: 33 }, '1 … 32'],
    ['half the clients in signed mode', { n: 6, k: 5, mode: 'signed' }, 'exceed half of 6'],
    ['a sparse graph in signed mode', { n: 7, t: 4, mode: 'signed' }, 'see all survivors'],
  ] as const)('may not have %s', (_name, changes, words) => {
    const config = configOf(changes);
    expect(secaggConfigProblem(config)).toContain(words);
    expect(decoded(encodeSecaggConfig(config))).toBeUndefined();
  });

  it('may have what lies just inside', () => {
    for (const changes of [
      { n: 2, k: 1, t: 2 },
      { n: 9, k: 4, t: 5 },
      { t: 5, bits: 1 },
      { mode: 'signed', t: 3 },
      { modelHash: new Uint8Array(32).fill(3) },
    ] as const) {
      const config = configOf(changes);
      expect(secaggConfigProblem(config)).toBeUndefined();
      expect(decoded(encodeSecaggConfig(config))).toEqual(config);
      const bytes = encodeSecaggMessage(new Uint8Array(0), {
        type: SECAGG_MESSAGE_TYPES.invite,
        config,
      });
      expect(decodeSecaggMessage(bytes)).toEqual({ session: undefined, body: { type: 0, config } });
    }
  });

  it('names another session with every other field', () => {
    const names = [
      ...[{}, { round: 2 }, { n: 6 }, { t: 4 }, { m: 5 }, { bits: 31 }, { mode: 'signed' }],
      ...[{ random: new Uint8Array(16) }, { modelHash: new Uint8Array(32) }, { n: 7, k: 2 }],
    ].map((changes) => toHex(deriveSessionId(configOf(changes as Partial<SecaggConfig>), CRYPTO)));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('graphs', () => {
  const members = Array.from({ length: 11 }, (_, index) => 2 * index);

  it('of rings are symmetric and regular, in an order that the stream draws', () => {
    const graph = drawMaskGraph(members, 4, openRandomStream(1, 'server', 'graph'));
    const other = drawMaskGraph(members, 4, openRandomStream(2, 'server', 'graph'));
    for (const index of members) {
      const around = graph.neighboursOf(index);
      expect(around).toHaveLength(4);
      expect([...around].sort((a, b) => a - b)).toEqual(around);
      for (const neighbour of around) expect(graph.neighboursOf(neighbour)).toContain(index);
    }
    expect(members.some((i) => graph.neighboursOf(i).join() !== other.neighboursOf(i).join())).toBe(
      true,
    );
    expect(graph.neighboursOf(1)).toEqual([]);
  });

  it('are complete when few came, and then draw nothing', () => {
    const forbidden = {
      shuffle: (): void => {
        throw new Error('drawn');
      },
    };
    const graph = drawMaskGraph(members.slice(0, 5), 4, forbidden);
    expect(graph.neighboursOf(4)).toEqual([0, 2, 6, 8]);
    expect(completeMaskGraph(members).neighboursOf(4)).toHaveLength(10);
    expect(completeMaskGraph(members).neighboursOf(5)).toEqual([]);
  });
});

describe('bytes of a round', () => {
  it.each([
    { n: 5, k: 4, t: 3, m: 40, bits: 20 },
    { n: 20, k: 6, t: 4, m: 1_000, bits: 32 },
    { n: 23, k: 22, t: 12, m: 100_000, bits: 26 },
  ])('are those of its messages: $n clients, $k neighbours, $m elements', (shape) => {
    const config = configOf(shape);
    const session = new Session({ config }).run();
    expect(session.sum?.survivors).toHaveLength(shape.n);
    const counted = (way: 'up' | 'down'): number =>
      session.messages
        .filter(({ type, client }) => client === 3 && type !== SECAGG_MESSAGE_TYPES.done)
        .filter((passing) => passing.way === way)
        .reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(counted('up')).toBe(semiHonestRoundBytes(config).up);
    expect(counted('down')).toBe(semiHonestRoundBytes(config).down);
  });
});

describe('quantisation', () => {
  it('has no bias, and the error of a coin', () => {
    const random = openRandomStream(4, 'quantise', 'test');
    const values = new Float64Array(40_000).fill(0.3);
    const ring = quantise(values, { scale: 1, bits: 16 }, () => random.uniform());
    const ones = ring.reduce((sum, value) => sum + value, 0);
    // Four standard deviations of 40,000 coins of 0.3.
    expect(Math.abs(ones - 12_000)).toBeLessThan(4 * Math.sqrt(40_000 * 0.21));
    expect(new Set(ring)).toEqual(new Set([0, 1]));
  });

  it('does not wrap at the bits that it asks for, and wraps at one less', () => {
    const clients = 100;
    const scale = 65_536;
    const bits = ringBitsForSum({ clients, clip: 1, scale, maxWeight: 1 });
    for (const [width, isRight] of [
      [bits, true],
      [bits - 1, false],
    ] as const) {
      const sum = new Uint32Array(2);
      for (let client = 0; client < clients; client += 1) {
        addVectorInto(
          sum,
          quantise(Float64Array.of(1, -1), { scale, bits: width }, () => 0),
        );
      }
      const reduced = sum.map((value) => value % 2 ** width);
      const [high = 0, low = 0] = dequantise(reduced, { scale, bits: width });
      expect(high === clients).toBe(isRight);
      expect(low === -clients).toBe(isRight);
    }
    expect(ringHeadroom(Uint32Array.of(0x2000, 0xfff0), 16)).toBe(0.75);
  });

  it('with an offset wraps silently from 1,024 clients on at 22 of 32 bits', () => {
    const codec = { clip: 8, levels: 2 ** 22, bits: 32 };
    const one = quantiseWithOffset(Float64Array.of(8, -9, 0), codec, () => 0.5);
    expect([...one]).toEqual([2 ** 22, 0, 2 ** 21]);
    const of = (clients: number): number => {
      const sum = new Uint32Array(3);
      for (let client = 0; client < clients; client += 1) addVectorInto(sum, one);
      return dequantiseWithOffset(sum, codec, clients)[0] as number;
    };
    expect(of(1_023)).toBe(8 * 1_023);
    expect(of(1_024)).not.toBe(8 * 1_024);
  });
});
