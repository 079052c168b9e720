import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { BUNDLE_FLAG, REPORT_FLAGS } from '../../../../../nodes/dtn/geometry.ts';
import { formatEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { decodeStatusReport } from '../../../../../nodes/dtn/wire/status-report.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, S } from './bench.ts';

const ALL = { received: true, forwarded: true, delivered: true, deleted: true, rate: 1_000 };

/** A bundle of b that asks for all reports, to c. */
const asking = (fields: Parameters<typeof sampleBundle>[0] = {}): Uint8Array =>
  sampleBundle({
    source: 'ipn:2.1',
    destination: 'ipn:1.1',
    reportTo: 'ipn:3.1',
    flags: REPORT_FLAGS,
    ...fields,
  });

/** What the reports among the effects say, and where they go. */
function told(effects: readonly Effect[]): readonly (readonly [string, string, number])[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'transmit') return [];
    const view = new BundleView();
    const { bundle } = effect;
    expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
    const report = decodeStatusReport(bundle.subarray(view.payloadStart, view.payloadEnd));
    if (!view.isAdministrative || report === undefined) return [];
    expect([formatEid(view.source), view.previousNode]).toEqual(['ipn:1.0', -1]);
    const kinds = (['received', 'forwarded', 'delivered', 'deleted'] as const).filter(
      (kind) => report[kind].isAsserted,
    );
    return [[kinds.join(), formatEid(view.destination), report.reason] as const];
  });
}

const take = ({ step }: Bench, bytes: Uint8Array, now = S): readonly Effect[] =>
  step(now, { kind: 'bundle', bytes, from: 'b' });
/** What comes of a bundle within two milliseconds: a transmitter sends one after the other. */
const takeAll = (node: Bench, bytes: Uint8Array): readonly Effect[] => [
  ...take(node, bytes),
  ...node.step(S + S / 1_000, TIMER_DUE),
  ...node.step(S + S / 500, TIMER_DUE),
];
const fast = { rateBps: 1e12 };

describe('status reports', () => {
  it('are off unless the options allow them, each kind by itself', () => {
    const { rate, ...kinds } = dtnConfig.parse({}).reports;
    expect([rate, Object.values(kinds)]).toEqual([1, [false, false, false, false]]);
    expect(told(take(bench(fast), asking()))).toEqual([]);
    const delivered = bench({ ...fast, options: { reports: { ...ALL, received: false } } });
    expect(told(take(delivered, asking()))).toEqual([['delivered', 'ipn:3.1', 0]]);
  });

  it('tell of reception and delivery, and of what is passed on', () => {
    const node = bench({ ...fast, options: { reports: ALL } });
    expect(told(takeAll(node, asking())).map(([kind]) => kind)).toEqual(['received', 'delivered']);
    const on = bench({ ...fast, options: { reports: ALL } });
    const effects = takeAll(on, asking({ destination: 'ipn:3.1' }));
    const kinds = told(effects).map(([kind]) => kind);
    expect([...kinds].sort()).toEqual(['forwarded', 'received']);
  });

  it('tell of deletion with its reason', () => {
    const node = bench({ ...fast, options: { reports: ALL } });
    expect(told(take(node, asking({ lifetimeMs: 1 })))).toEqual([['deleted', 'ipn:3.1', 1]]);
  });

  it('are sent for bundles that ask for them only, and never for reports', () => {
    const node = bench({ ...fast, options: { reports: ALL } });
    expect(told(take(node, asking({ flags: 0 })))).toEqual([]);
    expect(told(take(node, asking({ flags: BUNDLE_FLAG.isAdministrative, sequence: 2 })))).toEqual(
      [],
    );
  });

  it('are no more than the rate, however many bundles ask', () => {
    const node = bench({ ...fast, options: { reports: { ...ALL, rate: 2 } } });
    let reports = 0;
    for (let sequence = 0; sequence < 1_000; sequence += 1) {
      // A hundred seconds, ten bundles each, with two reports each.
      reports += told(take(node, asking({ sequence }), S + (sequence * S) / 10)).length;
    }
    expect(reports).toBeGreaterThanOrEqual(200);
    expect(reports).toBeLessThanOrEqual(202);
  });

  it('that arrive are counted, and reach no application', () => {
    const sent = takeAll(bench({ ...fast, options: { reports: ALL } }), asking());
    const bundles = sent.flatMap((effect) => (effect.kind === 'transmit' ? [effect.bundle] : []));
    const node = bench({ own: 'c' });
    const effects = bundles.flatMap((bytes) =>
      node.stepAll(S, { kind: 'bundle', bytes, from: 'a' }),
    );
    const counted = effects.filter((one) => one.kind === 'count' && one.metric === 'dtn.reported');
    expect(counted).toHaveLength(2);
    expect(effects.filter(({ kind }) => kind === 'deliver' || kind === 'drop')).toEqual([]);
  });
});
