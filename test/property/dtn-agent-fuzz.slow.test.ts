/** What neighbours send an agent, good and bad: named drops, bounded memory, no exception. */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { DTN_DROP_REASONS } from '../../nodes/dtn/drops.ts';
import { ALL_REPORT_FLAGS, BLOCK_FLAG } from '../../nodes/dtn/geometry.ts';
import { parseEid } from '../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../nodes/dtn/wire/eid-wire.ts';
import { encodeBundle, payloadBlock } from '../../nodes/dtn/wire/encode.ts';
import { writeFragment } from '../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../nodes/dtn/wire/view.ts';
import { type Bench, bench, type Effect, kinds, S, STORE } from '../unit/nodes/dtn/agent/bench.ts';
import { sampleBundle } from '../unit/nodes/dtn/wire/support.ts';

const INPUTS = 100_000;
const KNOWN = new Set<string>([...Object.keys(DTN_DROP_REASONS), 'deliver', 'transmit', 'receipt']);

/** A generator of its own, so that a failure repeats: xorshift32. */
function draws(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Takes bytes of a neighbour; all that comes of it has a name that is known. */
function take({ step, agent }: Bench, now: number, bytes: Uint8Array): readonly Effect[] {
  const transfer = { outlet: 'a--b', number: 1 };
  const effects = step(now, { kind: 'bundle', bytes, from: 'b', transfer });
  for (const kind of kinds(effects)) expect(KNOWN).toContain(kind);
  expect(agent.holding).toBeLessThanOrEqual(LIMIT);
  return effects;
}

const LIMIT = 50;
const bounded = { store: { ...STORE, bytes: 20_000, bundles: LIMIT, perSource: 1 } };

/** A bundle with some fields and up to three bytes drawn. */
function mutated(below: (bound: number) => number): Uint8Array {
  const bytes = sampleBundle({
    source: `ipn:${2 + below(3)}.1`,
    destination: `ipn:${1 + below(3)}.1`,
    sequence: below(1_000),
    // All requests for reports.
    flags: below(4) === 0 ? ALL_REPORT_FLAGS : 0,
    lifetimeMs: below(2) === 0 ? Number.MAX_SAFE_INTEGER : below(100_000),
    crcType: below(2) === 0 ? 2 : 0,
  });
  for (let changes = below(4); changes > 0; changes -= 1) bytes[below(bytes.length)] = below(256);
  return bytes;
}

const block = (type: number, flags: number): Uint8Array => {
  const eid = (text: string): Uint8Array => encodeEid(parseEid(text) as never);
  return encodeBundle(
    {
      flags: 0,
      crcType: 2,
      destination: eid('ipn:1.1'),
      source: eid('ipn:3.1'),
      reportTo: eid('dtn:none'),
      createdMs: 820_540_800_000,
      sequence: type,
      lifetimeMs: 86_400_000,
    },
    [{ type, number: 2, flags, crcType: 0, data: Uint8Array.of(0) }],
    payloadBlock(Uint8Array.of(7), 2),
  );
};

describe('an agent', () => {
  it('takes a bundle cut at any byte, and any byte changed', () => {
    const whole = sampleBundle({ source: 'ipn:3.1', destination: 'ipn:1.1' });
    const node = bench({ options: bounded });
    for (let end = 0; end < whole.length; end += 1) {
      const dropped = kinds(take(node, S, whole.slice(0, end)));
      expect(dropped.some((kind) => kind in DTN_DROP_REASONS)).toBe(true);
    }
  });

  it(`R-084: bears ${INPUTS} mutations`, () => {
    const below = draws(0x9e37_79b9);
    let node = bench({ options: bounded });
    for (let count = 0; count < INPUTS; count += 1) {
      if (count % 10_000 === 0) node = bench({ options: bounded });
      take(node, S + count, mutated(below));
    }
  });

  it('keeps no more fragments of endless lifetime than its bounds allow', () => {
    const node = bench({ options: bounded });
    const view = new BundleView();
    const writer = new CborWriter();
    const outcomes = new Map<string, number>();
    for (let sequence = 0; sequence < 5_000; sequence += 1) {
      const lifetimeMs = Number.MAX_SAFE_INTEGER;
      const fields = { source: 'ipn:3.1', destination: 'ipn:1.1', sequence, lifetimeMs };
      const bytes = sampleBundle({ ...fields, payload: new Uint8Array(500) });
      view.open(bytes, 0, bytes.length);
      writeFragment(writer, view, { start: 0, end: 1 });
      for (const kind of kinds(take(node, S, writer.taken()))) {
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
      }
    }
    // 20,000 bytes hold the payloads of 40 such bundles.
    expect(Object.fromEntries(outcomes)).toEqual({ receipt: 40, 'reassembly-full': 4_960 });
  });

  it('obeys the flags of blocks that it does not know', () => {
    const drop = (flags: number): readonly string[] =>
      kinds(take(bench(), S, block(77, flags))).filter((kind) => kind !== 'receipt');
    expect(drop(0)).toEqual(['deliver']);
    expect(drop(BLOCK_FLAG.discardIfUnprocessed)).toEqual(['deliver']);
    expect(drop(BLOCK_FLAG.deleteBundleIfUnprocessed)).toEqual(['block-unsupported']);
    // Deleting goes before discarding (RFC 9171 section 5.6).
    const both = BLOCK_FLAG.deleteBundleIfUnprocessed | BLOCK_FLAG.discardIfUnprocessed;
    expect(drop(both)).toEqual(['block-unsupported']);
  });
});
