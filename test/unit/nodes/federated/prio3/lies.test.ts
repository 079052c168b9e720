/** Clients that leave out the check of what they put in, and what it would be worth to them. */
import { describe, expect, it } from 'vitest';
import {
  countCircuit,
  histogramCircuit,
  multihotCircuit,
  sumCircuit,
  sumVecCircuit,
} from '../../../../../nodes/federated/prio3/circuits.ts';
import { FIELD_128 } from '../../../../../nodes/federated/prio3/field.ts';
import {
  aggregate,
  prio3,
  type Report,
  shard,
  shardEncoded,
  unshard,
} from '../../../../../nodes/federated/prio3/vdaf.ts';
import { begin, CRYPTO, cancelling, SAMPLES, seedsOf, verified } from './reports.ts';

/** The defective double: aggregators that add up without waiting for the proof. */
function believed(...args: Parameters<typeof verified>): readonly number[] {
  const begun = begin(...args);
  if (!begun.ok) throw new Error(begun.reason);
  const [vdaf] = args;
  const shares = begun.value.states.map(({ output }) => aggregate(vdaf, [output]));
  const result = unshard(vdaf, shares);
  if (!result.ok) throw new Error(result.reason);
  return result.value.map(Number);
}

interface Made {
  readonly nonce: Uint8Array;
  readonly report: Report;
}

/** A report of any elements: the double of a client that shares what it likes. */
function reportOf(vdaf: Parameters<typeof shardEncoded>[0], elements: readonly bigint[]): Made {
  const seeds = seedsOf(vdaf, 1);
  const report = shardEncoded(vdaf, elements, seeds);
  if (!report.ok) throw new Error(report.reason);
  return { nonce: seeds.nonce, report: report.value };
}

describe.each(SAMPLES)('$name', ({ vdaf, honest, adds, lies }) => {
  it('adds what is in range', () => {
    const { nonce, report } = reportOf(vdaf, honest);
    expect(verified(vdaf, nonce, report)).toEqual({ ok: true, value: adds });
  });

  it('refuses the proof of a client that skips its check', () => {
    for (const lie of lies) {
      const { nonce, report } = reportOf(vdaf, lie);
      expect(verified(vdaf, nonce, report), lie.join()).toEqual({ ok: false, reason: 'proof' });
    }
  });

  it('would add the lie if nobody asked for the proof', () => {
    for (const lie of lies) {
      const { nonce, report } = reportOf(vdaf, lie);
      const expected = vdaf.circuit.truncate(lie).map(Number);
      expect(believed(vdaf, nonce, report)).toEqual(expected);
    }
  });

  it('refuses a report under another nonce, key or context', () => {
    const { nonce, report } = reportOf(vdaf, honest);
    const other = { ...vdaf, context: Uint8Array.of(1, 3) };
    expect(verified(other, nonce, report).ok).toBe(false);
    // Without joint randomness a nonce only chooses the point of the check.
    const late = nonce.map((byte) => byte ^ 1);
    expect(verified(vdaf, late, report).ok).toBe(vdaf.circuit.jointLength === 0);
  });
});

describe('checks that cancel', () => {
  it('are told apart by joint randomness alone', () => {
    const circuit = sumVecCircuit({ length: 3, max: 1, chunk: 3 });
    const elements = cancelling(FIELD_128);
    const results = (joint: bigint): bigint[] =>
      circuit.run(elements, { joint: [joint], one: 1n }, (inputs) => circuit.gadget(inputs));
    expect(results(1n)).toEqual([0n]);
    expect(results(5n)).not.toEqual([0n]);
  });
});

describe('measurements', () => {
  const context = new Uint8Array(0);
  const seeds = { nonce: new Uint8Array(16), rand: new Uint8Array(128) };

  it.each([0, 1, 99, 100])('up to the largest are shared: %d', (value) => {
    const vdaf = prio3({ crypto: CRYPTO, circuit: sumCircuit({ max: 100 }), shares: 2, context });
    const made = shard(vdaf, value, { ...seeds, rand: new Uint8Array(64) });
    if (!made.ok) throw new Error(made.reason);
    expect(verified(vdaf, seeds.nonce, made.value)).toEqual({ ok: true, value: [value] });
  });

  it.each([-1, 101, 0.5, Number.NaN, 2 ** 60])('out of range are refused: %d', (value) => {
    expect(sumCircuit({ max: 100 }).encode(value)).toBeUndefined();
    expect(countCircuit().encode(value)).toBeUndefined();
    expect(histogramCircuit({ length: 4, chunk: 2 }).encode(value)).toBeUndefined();
    const circuit = sumVecCircuit({ length: 2, max: 5, chunk: 2 });
    const vdaf = prio3({ crypto: CRYPTO, circuit, shares: 2, context });
    expect(shard(vdaf, [1, value], seeds)).toEqual({ ok: false, reason: 'measurement' });
  });

  it('of another length are refused', () => {
    expect(sumVecCircuit({ length: 2, max: 5, chunk: 2 }).encode([1])).toBeUndefined();
    const multihot = multihotCircuit({ length: 3, maxWeight: 1, chunk: 2 });
    expect(multihot.encode([true, false])).toBeUndefined();
    expect(multihot.encode([true, true, false])).toBeUndefined();
    expect(multihot.encode([true, false, false])).toEqual([1n, 0n, 0n, 1n]);
  });

  it('are added over many reports, and refused ones are left out', () => {
    const circuit = sumVecCircuit({ length: 2, max: 5, chunk: 2 });
    const vdaf = prio3({ crypto: CRYPTO, circuit, shares: 3, context });
    const outputs: (readonly bigint[])[][] = [[], [], []];
    const honest = [1, 2, 3, 4].map((i) => circuit.encode([i, 5 - i]) as bigint[]);
    for (const [i, elements] of [...honest, [9n, 0n, 0n, 0n, 0n, 0n]].entries()) {
      const drawn = seedsOf(vdaf, i);
      const made = shardEncoded(vdaf, elements, drawn);
      if (!made.ok) throw new Error(made.reason);
      if (!verified(vdaf, drawn.nonce, made.value).ok) continue;
      const begun = begin(vdaf, drawn.nonce, made.value);
      if (!begun.ok) throw new Error(begun.reason);
      for (const [j, { output }] of begun.value.states.entries()) outputs[j]?.push(output);
    }
    expect(outputs.map((of) => of.length)).toEqual([4, 4, 4]);
    const result = unshard(
      vdaf,
      outputs.map((of) => aggregate(vdaf, of)),
    );
    expect(result).toEqual({ ok: true, value: [10n, 10n] });
  });
});

describe('settings', () => {
  it.each([1, 0, 256, 2.5])('of %d aggregators are refused', (shares) => {
    const circuit = countCircuit();
    const settings = { crypto: CRYPTO, circuit, shares, context: new Uint8Array(0) };
    expect(() => prio3(settings)).toThrow(RangeError);
  });

  it('take contexts of up to 65,527 bytes', () => {
    const circuit = countCircuit();
    const settings = { crypto: CRYPTO, circuit, shares: 255, context: new Uint8Array(65_527) };
    expect(prio3(settings)).toBe(settings);
    const longer = { ...settings, context: new Uint8Array(65_528) };
    expect(() => prio3(longer)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, 2 ** 53])('of circuits are whole numbers from 1, not %d', (value) => {
    expect(() => sumCircuit({ max: value })).toThrow(RangeError);
    expect(() => sumVecCircuit({ length: value, max: 1, chunk: 1 })).toThrow(RangeError);
    expect(() => sumVecCircuit({ length: 1, max: 1, chunk: value })).toThrow(RangeError);
    expect(() => histogramCircuit({ length: value, chunk: 1 })).toThrow(RangeError);
    expect(() => multihotCircuit({ length: 3, maxWeight: value, chunk: 1 })).toThrow(RangeError);
    expect(() => multihotCircuit({ length: 3, maxWeight: 4, chunk: 1 })).toThrow(RangeError);
  });
});
