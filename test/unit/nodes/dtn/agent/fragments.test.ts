import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../nodes/_kit/cbor-writer.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Sample, sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, kinds, S, STORE, send } from './bench.ts';

const PAYLOAD = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);

/** The bytes from `start` to `end` of a bundle with 1,000 bytes of payload. */
function piece(start: number, end: number, sample: Sample = {}): Uint8Array {
  const bytes = sampleBundle({
    source: 'ipn:3.1',
    destination: 'ipn:1.1',
    payload: PAYLOAD,
    ...sample,
  });
  const view = new BundleView();
  if (view.open(bytes, 0, bytes.length) !== undefined) throw new Error('no bundle');
  const writer = new CborWriter();
  writeFragment(writer, view, { start, end });
  return writer.taken();
}

const take = ({ step }: Bench, bytes: Uint8Array, now = S): readonly Effect[] =>
  step(now, { kind: 'bundle', bytes, from: 'b' });

/** A node above a carrier that takes so many bytes. */
function above(maxBytes: number, fragmentation: 'off' | 'proactive'): Bench {
  const facts = { id: 'to b', neighbour: 'b', maxBytes, retryNs: 60 * S, firstTransfer: 0 };
  return bench({ options: { fragmentation }, outlets: [new CarrierOutlet(facts)] });
}

const bundlesIn = (effects: readonly Effect[]): readonly Uint8Array[] =>
  effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.bundle] : []));

describe('a bundle that is too long for its way', () => {
  it('waits, unless the options let it be split', () => {
    expect(dtnConfig.parse({}).fragmentation).toBe('off');
    const off = above(700, 'off');
    expect(kinds(off.step(0, send('b')))).toEqual(['answer']);
    expect(off.agent.waiting).toEqual({ 'too-large': 1 });
  });

  it('leaves in fragments that fit, and is whole again at its destination', () => {
    const node = above(700, 'proactive');
    const bundles = bundlesIn(node.step(0, send('b')));
    expect(bundles.length).toBe(4);
    for (const { length } of bundles) expect(length).toBeLessThanOrEqual(700);
    const other = bench({ own: 'b' });
    const effects = [...bundles].reverse().flatMap((bytes) => take(other, bytes));
    expect(effects).toEqual([{ kind: 'deliver', from: 'a', body: new Uint8Array(1_000) }]);
    expect(other.agent.holding).toBe(0);
  });

  it('waits if not even one byte of it would fit', () => {
    const node = above(380, 'proactive');
    node.step(0, send('b'));
    expect(node.agent.waiting).toEqual({ 'too-large': 1 });
  });
});

describe('fragments for this node', () => {
  it('are delivered when all have come, in any order and however they overlap', () => {
    const node = bench();
    expect(take(node, piece(600, 1_000))).toEqual([]);
    expect(take(node, piece(0, 300))).toEqual([]);
    expect(node.agent.holding).toBe(2);
    expect(take(node, piece(200, 700))).toEqual([{ kind: 'deliver', from: 'c', body: PAYLOAD }]);
    expect(node.agent.holding).toBe(0);
  });

  it('that come again, or late, are duplicates', () => {
    const node = bench();
    take(node, piece(0, 600));
    expect(kinds(take(node, piece(0, 600)))).toEqual(['duplicate']);
    take(node, piece(600, 1_000));
    expect(kinds(take(node, piece(0, 500)))).toEqual(['duplicate']);
  });

  it('that disagree about the length of the whole are dropped', () => {
    const node = bench();
    take(node, piece(0, 600));
    const longer = { payload: new Uint8Array(1_001) };
    expect(kinds(take(node, piece(600, 1_001, longer)))).toEqual(['bad-fragment']);
  });

  it('leave when they expire, so that there is room for others', () => {
    const reassembly = { open: 1, bytes: 10_000 };
    const node = bench({ options: { reassembly } });
    take(node, piece(0, 600, { lifetimeMs: 5_000 }));
    expect(kinds(take(node, piece(0, 600, { sequence: 2 })))).toEqual(['reassembly-full']);
    expect(kinds(node.step(6 * S, TIMER_DUE))).toEqual(['expired']);
    expect(kinds(take(node, piece(0, 600, { sequence: 2 }), 6 * S))).toEqual([]);
  });

  it('are of 64 bundles at most, and of 16 MiB for a source', () => {
    expect(dtnConfig.parse({}).reassembly).toEqual({ open: 64, bytes: 16 * 1_048_576 });
    const node = bench({ options: { reassembly: { open: 64, bytes: 2_500 } } });
    const outcomes = [1, 2, 3].map((sequence) => kinds(take(node, piece(0, 9, { sequence }))));
    expect(outcomes).toEqual([[], [], ['reassembly-full']]);
    expect(kinds(take(node, piece(0, 9, { source: 'ipn:2.1' })))).toEqual([]);
  });

  it('are of no more bytes in all than the store has', () => {
    const node = bench({ options: { store: { ...STORE, bytes: 1_500, perSource: 1 } } });
    take(node, piece(0, 9));
    const outcome = kinds(take(node, piece(0, 9, { source: 'ipn:2.1' })));
    expect(outcome).toEqual(['reassembly-full']);
  });
});
