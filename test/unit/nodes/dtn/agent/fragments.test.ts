import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import {
  splitInTwo,
  splitIntoFragments,
  worthwhileFragmentBytesMin,
} from '../../../../../nodes/dtn/agent/fragments.ts';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/dtn/behaviour.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { ContactPlan, DEFAULT_PLAN_OPTIONS } from '../../../../../nodes/dtn/contact-graph/plan.ts';
import { BUNDLE_FLAG } from '../../../../../nodes/dtn/geometry.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { ContactGraphRouter } from '../../../../../nodes/dtn/router/contact-graph.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Sample, sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, kinds, S, STORE, send, window } from './bench.ts';

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
  it('is refused, unless the options let it be split', () => {
    expect(dtnConfig.parse({}).fragmentation).toBe('off');
    const answers = above(700, 'off').step(0, send('b'));
    expect(answers).toMatchObject([{ kind: 'answer', outcome: 'too-large' }]);
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

  it('does not leave again in a fragment that is here already', () => {
    const whole = sampleBundle({
      source: 'ipn:3.1',
      destination: 'ipn:2.1',
      payload: PAYLOAD,
    });
    const [first, ...others] = bundlesIn(take(above(700, 'proactive'), whole));
    const node = above(700, 'proactive');
    expect(bundlesIn(take(node, first as Uint8Array))).toHaveLength(1);
    const { agent, stepAll } = node;
    const effects = stepAll(S, { kind: 'bundle', bytes: whole, from: 'b' });
    expect(bundlesIn(effects)).toHaveLength(others.length);
    expect(agent.holding).toBe(1 + others.length);
  });

  it('stays whole if the store has no room for its fragments', () => {
    const held = { bytes: sampleBundle({ payload: PAYLOAD }), key: 'k' } as HeldBundle;
    expect([3, 4].map((most) => splitIntoFragments(held, 700, most).length)).toEqual([0, 4]);
  });

  it('is refused if not even one byte of it would fit', () => {
    const answers = above(380, 'proactive').step(0, send('b'));
    expect(answers).toMatchObject([{ kind: 'answer', outcome: 'too-large' }]);
  });
});

/** A link to b of 8 kbit/s in these windows, s, and a router that waits for b, or plans ahead. */
function between(
  fragmentation: 'off' | 'proactive',
  router: 'direct' | 'contact-graph',
  spans: readonly (readonly [number, number])[],
): Bench {
  const windows = spans.map(([start, end]) => window(start, end));
  const contacts = windows.map(({ startNs, endNs }) => {
    return { from: 0, to: 1, startNs, endNs, rate: 1_000, owltNs: 0 };
  });
  const plan = new ContactPlan(contacts, 3, DEFAULT_PLAN_OPTIONS);
  const planning = new ContactGraphRouter({
    ...{ own: 'a', names: new HostEids(['a', 'b', 'c'], 'ipn') },
    ...{ plans: { at: (): ContactPlan => plan } },
    behaviour: CORRECT_BEHAVIOUR,
  });
  const options = { fragmentation };
  const given = router === 'direct' ? {} : { router: planning };
  return bench({ options, contacts: { windows }, ...given });
}

/** What leaves in a contact, s. */
function during({ agent, step }: Bench, [start, end]: readonly [number, number]): Uint8Array[] {
  const bundles = [...bundlesIn(step(start * S, { kind: 'way', outlet: 'a--b', way: 'open' }))];
  while (agent.nextAt() < end * S) bundles.push(...bundlesIn(step(agent.nextAt(), TIMER_DUE)));
  bundles.push(...bundlesIn(step(end * S, { kind: 'way', outlet: 'a--b', way: 'closed' })));
  return bundles;
}

/** Delivers bundles at b. @returns how many messages it got. */
function delivered(bundles: readonly Uint8Array[]): number {
  const other = bench({ own: 'b' });
  const effects = bundles.flatMap((bytes) => take(other, bytes, 40 * S));
  expect(kinds(effects).every((kind) => kind === 'deliver')).toBe(true);
  expect(other.agent.holding).toBe(0);
  return effects.length;
}

describe('what is left of a contact', () => {
  const spans = [
    [10, 12],
    [20, 30],
  ] as const;

  it.each(['direct', 'contact-graph'] as const)('carries a part of a bundle (%s)', (router) => {
    const node = between('proactive', router, spans);
    for (let count = 0; count < 2; count += 1) node.step(0, send('b'));
    const first = during(node, spans[0]);
    // 1,063 of 2,000 bytes are the first bundle. The plan leaves 100 bytes for the layers below, of
    // which the next part in the queue makes use.
    expect(first.length).toBe(router === 'direct' ? 2 : 3);
    const bytes = first.map(({ length }) => length).reduce((sum, length) => sum + length);
    expect(bytes).toBeLessThanOrEqual(2_000);
    expect(bytes).toBeGreaterThan(1_960);
    const second = during(node, spans[1]);
    expect(second.length).toBe(1);
    expect(delivered([...second, ...first])).toBe(2);
    expect(node.agent.holding).toBe(0);
  });

  it.each(['direct', 'contact-graph'] as const)('stays empty by default (%s)', (router) => {
    const node = between('off', router, spans);
    for (let count = 0; count < 2; count += 1) node.step(0, send('b'));
    expect([during(node, spans[0]).length, during(node, spans[1]).length]).toEqual([1, 1]);
  });

  it('is used if half of a fragment would be payload, and not if less', () => {
    const whole = sampleBundle({ payload: PAYLOAD });
    const held = { bytes: whole, key: 'k' } as HeldBundle;
    const overhead = whole.length - 1_000 + 18;
    expect(worthwhileFragmentBytesMin(held)).toBe(2 * overhead);
    expect(splitInTwo(held, 2 * overhead - 1)).toEqual([]);
    const [part, rest] = splitInTwo(held, 2 * overhead);
    expect(part?.bytes.length).toBeLessThanOrEqual(2 * overhead);
    const view = new BundleView();
    const lengths = [part, rest].map((each) => {
      const { bytes } = each as HeldBundle;
      expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
      return [view.fragmentOffset, view.payloadLength, view.totalLength];
    });
    expect(lengths).toEqual([
      [0, overhead, 1_000],
      [overhead, 1_000 - overhead, 1_000],
    ]);
    const sealed = sampleBundle({ payload: PAYLOAD, flags: BUNDLE_FLAG.mustNotFragment });
    expect(worthwhileFragmentBytesMin({ ...held, bytes: sealed })).toBe(Number.POSITIVE_INFINITY);
    expect(splitInTwo({ ...held, bytes: sealed }, 900)).toEqual([]);
  });

  it('carries parts that have an age each if their source has no clock', () => {
    const outlet = new CarrierOutlet({
      ...{ id: 'to b', neighbour: 'b', maxBytes: 700, retryNs: 60 * S, firstTransfer: 0 },
    });
    const options = { fragmentation: 'proactive', clock: 'none' } as const;
    const bundles = bundlesIn(bench({ options, outlets: [outlet] }).step(0, send('b')));
    expect(bundles.length).toBeGreaterThan(2);
    expect(delivered(bundles)).toBe(1);
  });

  it('carries parts that have an age each, even if the source of their bundle marked it not so', () => {
    const outlet = new CarrierOutlet({
      ...{ id: 'to b', neighbour: 'b', maxBytes: 700, retryNs: 60 * S, firstTransfer: 0 },
    });
    const relay = bench({ options: { fragmentation: 'proactive' }, outlets: [outlet] });
    const sample = { source: 'ipn:3.1', destination: 'ipn:2.1', createdMs: 0, payload: PAYLOAD };
    const input = { kind: 'bundle', bytes: sampleBundle(sample), from: 'c' } as const;
    const bundles = bundlesIn(relay.step(S, input));
    expect(bundles.length).toBeGreaterThan(2);
    expect(delivered(bundles)).toBe(1);
  });

  it('leads to fragments of fragments', () => {
    const many = [10, 11, 12, 13, 14, 15].map((at) => [at, at + 0.5] as const);
    const node = between('proactive', 'direct', [...many, [20, 30]]);
    node.step(0, send('b'));
    const bundles = [...many, [20, 30] as const].flatMap((span) => during(node, span));
    // Half a second is 500 bytes, of which some 420 are payload.
    expect(bundles.length).toBe(3);
    expect(delivered([...bundles].reverse())).toBe(1);
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

  it('of endless lifetime keep no place for ever, neither from others nor from their source', () => {
    const node = bench({ options: { store: { ...STORE, perSource: 0.25 } } });
    const endless = { lifetimeMs: Number.MAX_SAFE_INTEGER };
    const first = Array.from({ length: 64 }, (_, sequence) =>
      kinds(take(node, piece(0, 9, { ...endless, sequence }))),
    ).flat();
    expect(first).toEqual(new Array(48).fill('reassembly-full'));
    // Another source has its own share.
    const other = { source: 'ipn:2.1' };
    expect(kinds(take(node, piece(0, 600, other)))).toEqual([]);
    expect(kinds(take(node, piece(600, 1_000, other)))).toEqual(['deliver']);
    // The source itself has the place of one that gets no fragment any more.
    const fresh = { sequence: 99 };
    expect(kinds(take(node, piece(0, 600, fresh), 30 * S))).toEqual(['reassembly-full']);
    expect(kinds(take(node, piece(0, 600, fresh), 61 * S))).toEqual(['fragments-missing']);
    expect(kinds(take(node, piece(600, 1_000, fresh), 61 * S))).toEqual(['deliver']);
    expect(node.agent.nextAt()).toBeLessThanOrEqual(2_592_001 * S);
    expect(kinds(node.step(2_592_001 * S, TIMER_DUE))).toEqual(
      new Array(15).fill('fragments-missing'),
    );
    expect(node.agent.holding).toBe(0);
  });

  it('of many sources keep no place for ever: whoever has waited longest goes first', () => {
    const reassembly = { open: 2, bytes: 10_000 };
    const node = bench({ options: { reassembly } });
    const ones = ['ipn:2.1', 'ipn:3.1', 'ipn:9.1'].map((source) => ({ source }));
    take(node, piece(0, 600, ones[0]), 1 * S);
    take(node, piece(0, 600, ones[1]), 30 * S);
    // The first one still gets fragments, so that it has not waited longest.
    take(node, piece(600, 601, ones[0]), 50 * S);
    expect(kinds(take(node, piece(0, 600, ones[2]), 95 * S))).toEqual(['fragments-missing']);
    expect(kinds(take(node, piece(601, 1_000, ones[0]), 95 * S))).toEqual(['deliver']);
  });

  it('that disagree about the length of the whole are dropped before the disk has the first', () => {
    const node = bench({ options: { store: { ...STORE, kind: 'durable' } } });
    take(node, piece(0, 9));
    const longer = { payload: new Uint8Array(2_000) };
    expect(kinds(take(node, piece(1_500, 2_000, longer)))).toContain('bad-fragment');
    node.step(2 * S, { kind: 'synced', isDurable: true });
    node.step(3 * S, { kind: 'synced', isDurable: true });
    const effects = [take(node, piece(9, 1_000), 4 * S), node.step(5 * S, TIMER_DUE)].flat();
    effects.push(...node.step(6 * S, { kind: 'synced', isDurable: true }));
    expect(kinds(effects)).toContain('deliver');
  });

  it('are of no more bytes in all than the store has', () => {
    const node = bench({ options: { store: { ...STORE, bytes: 1_500, perSource: 1 } } });
    take(node, piece(0, 9));
    const outcome = kinds(take(node, piece(0, 9, { source: 'ipn:2.1' })));
    expect(outcome).toEqual(['reassembly-full']);
  });
});
