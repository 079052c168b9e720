/** Bundles that are right, and that no node of ours writes: none of them ends in an exception. */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import { bundleWithCopiesBlock } from '../../../../../nodes/dtn/agent/copy-note.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { ALL_REPORT_FLAGS, BLOCK_TYPE, BUNDLE_FLAG } from '../../../../../nodes/dtn/geometry.ts';
import { copyBundle } from '../../../../../nodes/dtn/wire/copy.ts';
import { writeCrc } from '../../../../../nodes/dtn/wire/crc.ts';
import { bundleAgeData } from '../../../../../nodes/dtn/wire/extensions.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Sample, sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, kinds, S } from './bench.ts';

/** The greatest number of CBOR, which no double holds. */
const HUGE = Uint8Array.of(0x1b, ...new Array<number>(8).fill(0xff));
const TO_B = { source: 'ipn:3.1', destination: 'ipn:2.1' };

function viewOf(bytes: Uint8Array): BundleView {
  const view = new BundleView();
  expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
  return view;
}

/** A sample bundle of so many blocks, without the node that forwarded it. */
function ofBlocks(blocks: number): Uint8Array {
  const view = viewOf(sampleBundle(TO_B));
  const added = Array.from({ length: blocks - view.blocks + 1 }, (_, index) => ({
    ...{ type: 250, number: 10 + index, flags: 0, crcType: 0 as const },
    data: Uint8Array.of(1),
  }));
  const writer = new CborWriter();
  copyBundle(writer, view, { added, removed: new Set([view.previousNode]) });
  return writer.taken();
}

/** A sample bundle whose sequence number is the greatest of CBOR. */
function hugeSequence(sample: Sample): Uint8Array {
  const bytes = sampleBundle(sample);
  const { timestampEnd, primaryEnd } = viewOf(bytes);
  const primary = concatBytes(
    ...[bytes.subarray(1, timestampEnd - 1), HUGE, bytes.subarray(timestampEnd, primaryEnd)],
  );
  writeCrc(primary, 0, primary.length, 2);
  return concatBytes(bytes.subarray(0, 1), primary, bytes.subarray(primaryEnd));
}

const bundlesIn = (effects: readonly Effect[]): readonly Uint8Array[] =>
  effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.bundle] : []));

const give = ({ step }: Bench, bytes: Uint8Array): readonly string[] =>
  kinds(step(S, { kind: 'bundle', bytes, from: 'c' }));

describe('a bundle with 64 blocks', () => {
  it('left with a 65th, the node that forwarded it, which the next node refused', () => {
    expect(give(bench(), ofBlocks(63))).toEqual(['transmit']);
    expect(give(bench(), ofBlocks(64))).toEqual(['too-many-blocks']);
  });

  it('left with a 65th, the number of its copies', () => {
    const bytes = ofBlocks(64);
    expect(bundleWithCopiesBlock(new CborWriter(), viewOf(bytes), 4)).toEqual(bytes);
    expect(bundleWithCopiesBlock(new CborWriter(), viewOf(ofBlocks(63)), 4)).not.toEqual(
      ofBlocks(63),
    );
  });
});

it('a bundle that fits into its carrier left with the node that forwarded it, though it did not fit then', () => {
  const bytes = ofBlocks(20);
  const facts = { retryNs: 60 * S, firstTransfer: 0, id: 'to b', neighbour: 'b' };
  const above = (maxBytes: number): Bench =>
    bench({ outlets: [new CarrierOutlet({ ...facts, maxBytes })] });
  const [grown = 0] = bundlesIn(bench().step(S, { kind: 'bundle', bytes, from: 'c' })).map(
    ({ length }) => length,
  );
  expect(grown).toBeGreaterThan(bytes.length);
  expect(give(above(grown), bytes)).toEqual(['transmit']);
  expect(give(above(grown - 1), bytes)).toEqual(['too-large']);
  expect(give(above(bytes.length - 1), bytes)).toEqual(['too-large']);
});

describe('a number that no double holds', () => {
  it('as an age was written with what had to be added', () => {
    const view = viewOf(sampleBundle(TO_B));
    const writer = new CborWriter();
    copyBundle(writer, view, {
      data: new Map([[view.bundleAge, bundleAgeData(Number.MAX_SAFE_INTEGER)]]),
    });
    const node = bench();
    const bytes = writer.taken();
    give(node, sampleBundle({ ...TO_B, sequence: 9 }));
    expect(node.step(S, { kind: 'bundle', bytes, from: 'c' })).toEqual([]);
    const left = bundlesIn(node.step(9 * S, TIMER_DUE)).map((each) => viewOf(each).ageMs);
    expect(left).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('as a sequence was cut to what a double holds in fragments, and in reports', () => {
    const facts = { maxBytes: 700, retryNs: 60 * S, firstTransfer: 0 };
    const outlets = [new CarrierOutlet({ ...facts, id: 'to b', neighbour: 'b' })];
    const options = { fragmentation: 'proactive' } as const;
    const long = { ...TO_B, payload: new Uint8Array(1_000) };
    expect(give(bench({ options, outlets }), sampleBundle(long))).toContain('transmit');
    expect(give(bench({ options, outlets }), hugeSequence(long))).toEqual(['too-large']);
    const reports = { ...dtnConfig.parse({}).reports, delivered: true };
    const asking = {
      ...TO_B,
      destination: 'ipn:1.1',
      reportTo: 'ipn:3.1',
      flags: ALL_REPORT_FLAGS,
    };
    expect(give(bench({ options: { reports } }), sampleBundle(asking))).toContain('transmit');
    expect(give(bench({ options: { reports } }), hugeSequence(asking))).toEqual(['deliver']);
  });

  it('as the number of a block is no number that security could name', () => {
    const view = viewOf(sampleBundle());
    const at = view.blockStart[view.bundleAge]! + 2;
    const bytes = concatBytes(view.bytes.subarray(0, at), HUGE, view.bytes.subarray(at + 1));
    expect(view.blockType[view.bundleAge]).toBe(BLOCK_TYPE.bundleAge);
    expect(new BundleView().open(bytes, 0, bytes.length)).toBe('bad-block');
  });
});

it('a fragment of nobody was put together with those of others', () => {
  const nobody = { source: 'dtn:none', flags: BUNDLE_FLAG.mustNotFragment };
  const writer = new CborWriter();
  writeFragment(writer, viewOf(sampleBundle(nobody)), { start: 0, end: 1 });
  const bytes = writer.taken();
  expect(new BundleView().open(bytes, 0, bytes.length)).toBe('bad-flags');
});
