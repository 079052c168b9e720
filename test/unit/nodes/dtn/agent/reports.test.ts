import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { type DtnOptions, dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { ALL_REPORT_FLAGS, BLOCK_FLAG, BUNDLE_FLAG } from '../../../../../nodes/dtn/geometry.ts';
import { formatEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { decodeStatusReport } from '../../../../../nodes/dtn/wire/status-report.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, S, send } from './bench.ts';

const ALL = {
  ...dtnConfig.parse({}).reports,
  ...{ received: true, forwarded: true, delivered: true, deleted: true, rate: 1_000 },
};

/** A bundle of b that asks for all reports, to c. */
const asking = (fields: Parameters<typeof sampleBundle>[0] = {}): Uint8Array =>
  sampleBundle({
    source: 'ipn:2.1',
    destination: 'ipn:1.1',
    reportTo: 'ipn:3.1',
    flags: ALL_REPORT_FLAGS,
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
    const { rate, ask, time, ...kinds } = dtnConfig.parse({}).reports;
    expect([rate, Object.values(kinds)]).toEqual([1, [false, false, false, false]]);
    expect([ask, time]).toEqual([[], false]);
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

  it('tell of an unknown block that asks for it, whatever becomes of the bundle', () => {
    const { reportIfUnprocessed, deleteBundleIfUnprocessed, discardIfUnprocessed } = BLOCK_FLAG;
    const outcomes = [
      0,
      reportIfUnprocessed,
      reportIfUnprocessed + discardIfUnprocessed,
      reportIfUnprocessed + deleteBundleIfUnprocessed,
    ].map((blockFlags) => {
      const node = bench({ ...fast, options: { reports: ALL } });
      return told(takeAll(node, asking({ unknown: blockFlags, flags: 0 })));
    });
    const unsupported = ['received', 'ipn:3.1', 11];
    expect(outcomes).toEqual([[], [unsupported], [unsupported], [unsupported]]);
    // The report of the block comes before that of the deletion, and both only if they are allowed.
    const bytes = asking({ unknown: reportIfUnprocessed + deleteBundleIfUnprocessed });
    const node = bench({ ...fast, options: { reports: ALL } });
    expect(told(takeAll(node, bytes))).toEqual([unsupported, ['deleted', 'ipn:3.1', 11]]);
    const silent = bench({ ...fast, options: { reports: { ...ALL, received: false } } });
    expect(told(takeAll(silent, bytes))).toEqual([['deleted', 'ipn:3.1', 11]]);
    expect(told(takeAll(bench(fast), bytes))).toEqual([]);
  });

  it('tell once of a bundle that was put together from fragments', () => {
    const whole = asking({ payload: new Uint8Array(100) });
    const view = new BundleView();
    expect(view.open(whole, 0, whole.length)).toBeUndefined();
    const writer = new CborWriter();
    const pieces = [
      { start: 0, end: 60 },
      { start: 60, end: 100 },
    ].map((piece) => {
      writeFragment(writer, view, piece);
      return writer.taken();
    });
    const node = bench({ ...fast, options: { reports: { ...ALL, received: false } } });
    const effects = pieces.flatMap((bytes) => take(node, bytes));
    expect(told(effects)).toEqual([['delivered', 'ipn:3.1', 0]]);
    const [report] = effects.flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    view.open(report as Uint8Array, 0, (report as Uint8Array).length);
    const body = (report as Uint8Array).subarray(view.payloadStart, view.payloadEnd);
    expect(decodeStatusReport(body)?.fragment).toBeUndefined();
  });

  it('are what bundles of a node ask for that has the option, to be sent to it', () => {
    const reports: DtnOptions['reports'] = { ...ALL, ask: ['delivered', 'deleted'], time: true };
    const [sent] = bench({ ...fast, options: { reports } })
      .step(0, send('b'))
      .flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    const view = new BundleView();
    expect(view.open(sent as Uint8Array, 0, (sent as Uint8Array).length)).toBeUndefined();
    const { wantsStatusTime, reportDelivery, reportDeletion } = BUNDLE_FLAG;
    expect(view.flags).toBe(wantsStatusTime + reportDelivery + reportDeletion);
    expect(formatEid(view.reportTo)).toBe('ipn:1.0');
    const [plain] = bench(fast)
      .step(0, send('b'))
      .flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    view.open(plain as Uint8Array, 0, (plain as Uint8Array).length);
    expect([view.flags, formatEid(view.reportTo)]).toEqual([0, 'dtn:none']);
  });
});
