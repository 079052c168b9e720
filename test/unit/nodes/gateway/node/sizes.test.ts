import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

const scenario = load('failover.yaml', {
  duration: '10s',
  warmup: '3s',
  'traffic.0.rate': '1/s',
  'traffic.0.stop': '1s',
  events: '[]',
});
const draws = openRandomStream(1, 'test', 'sizes');

/** Sizes at the limits of frames and fragments, and random sizes in between. */
const SIZES = [
  ...[1, 2, 3, 15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 255, 256, 1_000],
  ...Array.from({ length: 60 }, (_, index) => 1_140 + index),
  ...[2_279, 2_280, 2_281, 9_000, 32_767, 32_768, 65_534, 65_535, 65_536],
  ...Array.from({ length: 15 }, () => 1 + draws.below(65_536)),
];

type Fill = (length: number) => Uint8Array;
const FILLS: readonly (readonly [string, Fill])[] = [
  ['random bytes', (length): Uint8Array => draws.bytes(length)],
  ['0xff', (length): Uint8Array => new Uint8Array(length).fill(0xff)],
  ['zeros', (length): Uint8Array => new Uint8Array(length)],
];

describe('packets through two gateways', () => {
  it.each(FILLS)('R-029, R-030: of %s and 1 to 65,536 bytes arrive unchanged', (_name, fill) => {
    const { world } = prepare(scenario, 1, { buffers: 'poison' });
    const received: Uint8Array[] = [];
    const ignore = (): void => undefined;
    world.listen({
      delivered: (node, from, bytes) => {
        expect([node, from]).toEqual(['gateway-211', 'gateway-111']);
        received.push(bytes.slice());
      },
      state: ignore,
      spanned: ignore,
      marked: ignore,
      logged: ignore,
    });
    const sent = SIZES.map(fill);
    for (const [index, body] of sent.entries()) {
      // Sent 10 ms apart in virtual time, so that no queue overflows.
      world.at(3 * SECOND + index * 10_000_000, () =>
        world.request('gateway-111', {
          kind: 'send',
          target: 'gateway-211',
          body: body.slice(),
          respond: (outcome) => expect(outcome).toBe('ok'),
        }),
      );
    }
    world.sim.runUntil(6 * SECOND);
    expect(received.map((bytes) => bytes.length)).toEqual(SIZES);
    const isEqual = (bytes: Uint8Array, index: number): boolean =>
      Buffer.compare(bytes, sent[index]!) === 0;
    expect(received.every(isEqual)).toBe(true);
  });

  it('R-029: of no byte, or of one more than 64 KiB, are named refusals', () => {
    const { world } = prepare(scenario);
    world.sim.runUntil(3 * SECOND);
    const outcomes: string[] = [];
    const ask = (kind: string, target: string, length: number): unknown =>
      world.request('gateway-111', {
        kind,
        target,
        body: new Uint8Array(length),
        respond: (outcome) => outcomes.push(outcome),
      });
    ask('send', 'gateway-211', 0);
    ask('send', 'gateway-211', 65_537);
    ask('send', 'nobody', 10);
    ask('shout', 'gateway-211', 10);
    expect(outcomes).toEqual([
      'packet-empty',
      'packet-too-large',
      'unknown-peer',
      'unknown-request',
    ]);
    expect(world.nodeDrops()).toMatchObject({ 'packet-empty': 1, 'packet-too-large': 1 });
  });
});
