/**
 * The failover page without a browser: which fault is shown, how seeds spread, bins, lanes, and
 * agreement of packets with series. @module
 */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../reports/report-schema.ts';
import type { DropRow, HopColumns, TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import {
  chooseBinWidth,
  countsByBin,
  latencyP95Bins,
  listArrivals,
  listLosses,
  rateBins,
  seriesBins,
} from '../../../../viz/app/pages/failover/bins.ts';
import { arrivalsMatchSeries } from '../../../../viz/app/pages/failover/curves.ts';
import {
  busiestPathLane,
  linkStateLane,
  machineLane,
} from '../../../../viz/app/pages/failover/lanes.ts';
import { computeOverlay, findFaultWindows } from '../../../../viz/app/pages/failover/overlay.ts';
import { type FaultFacts, faultTitle } from '../../../../viz/app/pages/failover/sentence.ts';
import type { StepSeries } from '../../../../viz/app/pages/failover/steps.ts';
import {
  chosenCase,
  effectDelaySpread,
  effectNames,
  faultCases,
  faultIds,
  isAlignedOverSeeds,
  windowAround,
} from '../../../../viz/app/pages/failover/story.ts';
import { tableOf } from '../../../../viz/app/pages/failover/strips.ts';

const MS = 1e6;

function faultOf(seed: number, number: number, backMs?: number): Report['faults'][number] {
  const beginNs = number * 1e9 + seed * MS;
  const effects: Record<string, number> =
    backMs === undefined
      ? {}
      : { 'first packet': beginNs + backMs * MS, detected: beginNs + 50 * MS };
  return {
    ...{ seed, id: `cut#${number}`, kind: 'set-link', text: 'a--b down', targets: ['a--b'] },
    ...{ beginNs, endNs: beginNs + 5e8, effects },
  };
}

const CASES = faultCases({
  faults: [faultOf(1, 1, 80), faultOf(1, 2, 90), ...[2, 3, 4, 5].map((s) => faultOf(s, 1, 60 + s))],
});

describe('the story of a fault', () => {
  it('has its effects in the order of time, counted from the fault', () => {
    expect(CASES[0]?.effects).toEqual([
      { name: 'detected', afterNs: 50 * MS },
      { name: 'first packet', afterNs: 80 * MS },
    ]);
    expect(effectNames(CASES)).toEqual(['detected', 'first packet']);
  });

  it('is the wanted one, else the same fault of another seed, else the first', () => {
    expect(faultIds(CASES)).toEqual(['cut#1', 'cut#2']);
    expect(chosenCase(CASES, { id: 'cut#1', seed: 3 })?.seed).toBe(3);
    expect(chosenCase(CASES, { id: 'cut#2', seed: 3 })).toBe(CASES[1]);
    expect(chosenCase(CASES, { id: 'gone', seed: 1 })).toBe(CASES[0]);
  });

  it('spreads over the seeds that had the effect, by nearest rank', () => {
    const same = CASES.filter(({ id }) => id === 'cut#1');
    expect(effectDelaySpread(same, 'first packet')).toEqual({
      ...{ n: 5, low: 62 * MS, median: 64 * MS, high: 80 * MS },
    });
    expect(effectDelaySpread(same, 'switched')).toBeUndefined();
  });

  it('is shown with its last effect, those of other seeds and the limit in the window', () => {
    const [shown] = CASES;
    if (shown === undefined) throw new Error('no case');
    const [from, to] = windowAround(shown, CASES, 250 * MS);
    expect(from).toBe(shown.beginNs - 160 * MS);
    expect(to).toBe(shown.beginNs + 400 * MS);
    const [, late] = windowAround(shown, CASES, 0);
    expect(late - shown.beginNs).toBeGreaterThan(90 * MS);
  });

  it('has a band over seeds only where all are struck at the same time', () => {
    expect(isAlignedOverSeeds(CASES.slice(2), 100 * MS)).toBe(true);
    expect(isAlignedOverSeeds(CASES, 100 * MS)).toBe(false);
  });
});

describe('all seeds at a fault', () => {
  const window = (seed: number, lost: readonly (number | null)[], flow = 'a -> b'): Window => ({
    ...{ seed, fault: 'cut#1', flow, binNs: 10 * MS, firstNs: -10 * MS },
    ...{ delivered: [9, 0, 9], lost, latencyP95: [5, null, 6] },
  });
  type Window = NonNullable<Report['faultWindows']>['windows'][number];
  const windows = [window(1, [0, 4, 0]), window(2, [0, 6, null]), window(3, [0, 9, 1])];

  it('are those of the same fault and flow; without a name those of the first flow', () => {
    const faultWindows = { windows: [...windows, window(1, [0, 0, 0], 'c -> d')], leftOut: 0 };
    expect(findFaultWindows({ faultWindows }, { id: 'cut#1' }, '')).toEqual(windows);
    expect(findFaultWindows({ faultWindows }, { id: 'cut#1' }, 'c -> d')).toHaveLength(1);
    expect(findFaultWindows({ faultWindows }, { id: 'cut#2' }, '')).toEqual([]);
    expect(findFaultWindows({}, { id: 'cut#1' }, '')).toEqual([]);
  });

  it('have a median and a 10 to 90 % band of the seeds that measured in a bin', () => {
    const all = computeOverlay(windows, { of: 'lost', by: 2 }, { fromNs: -10 * MS, toNs: 20 * MS });
    expect(all.median.map(({ value }) => value)).toEqual([0, 12, 0]);
    expect(all.band[1]).toEqual({ fromNs: 0, toNs: 10 * MS, low: 8, high: 18 });
    // Two seeds form no band.
    expect(all.band).toHaveLength(2);
    expect(all.seeds[1]?.bins.map(({ value }) => value)).toEqual([0, 12, null]);
  });

  it('show the bins that lie wholly in the shown stretch', () => {
    const part = computeOverlay(windows, { of: 'lost', by: 1 }, { fromNs: -5 * MS, toNs: 12 * MS });
    expect(part.median).toEqual([{ fromNs: 0, toNs: 10 * MS, value: 6 }]);
  });
});

describe('the words of a fault', () => {
  const kpi = { metric: 'gateway.failover', aggregation: 'p95', unit: 'ns', limit: 250 * MS };
  const told = (gap: number | undefined): FaultFacts => {
    const [first] = faultCases({
      faults: [
        {
          ...faultOf(1, 1, 88),
          ...(gap === undefined
            ? {}
            : { gaps: [{ flow: 'a -> b', gapNs: gap, lost: 3, isRecovered: gap < 250 * MS }] }),
        },
      ],
    });
    if (first === undefined) throw new Error('no case');
    const report = {
      ...{ kpis: [kpi], metrics: { 'gateway.failover': { kind: 'samples' } }, seeds: [1] },
      clock: 'virtual',
    } as unknown as Report;
    return { report, shown: first, same: [first], position: 1, count: 1, flow: '' };
  };

  it('set what the KPI measures against its limit, the gap and not the time since the fault', () => {
    expect(faultTitle(told(87.5 * MS))).toBe(
      'a ↔ b down: traffic was back after a gap of 87.5 ms, within the limit of 250 ms',
    );
    expect(faultTitle(told(400 * MS))).toBe(
      'a ↔ b down: traffic did not come back, a gap of 400 ms to the end, beyond the limit of 250 ms',
    );
  });

  it('name the first packet, and no limit, where a report does not hold the gap', () => {
    expect(faultTitle(told(undefined))).toBe(
      'a ↔ b down: the first packet came 88 ms after the fault',
    );
  });
});

/** Packets over a (0), b (1) and c (2): flow 1, 10 ms on each link. */
function hops(
  rows: readonly { at: number; link: number; packet: number; flow?: number }[],
): HopColumns {
  const column = <T>(value: (row: (typeof rows)[number]) => T): T[] => rows.map(value);
  return {
    ...{ rows: rows.length, total: rows.length },
    departNs: Float64Array.from(column(({ at }) => at * MS)),
    arriveNs: Float64Array.from(column(({ at }) => (at + 10) * MS)),
    queueNs: new Float64Array(rows.length).fill(MS),
    link: Uint32Array.from(column(({ link }) => link)),
    packet: Uint32Array.from(column(({ packet }) => packet)),
    flow: Uint16Array.from(column(({ flow = 1 }) => flow)),
    class: new Uint8Array(rows.length),
    flags: new Uint8Array(rows.length),
    bytes: new Uint16Array(rows.length),
    fate: new Uint8Array(rows.length),
  };
}

const LINKS: TraceInfo['links'] = [
  { id: 'a--b', name: 'a->b', from: 0, to: 1 },
  { id: 'b--c', name: 'b->c', from: 1, to: 2 },
];
const ENDS = { flow: 1, source: 0, target: 2 };

describe('bins', () => {
  const seen = hops([
    { at: 0, link: 0, packet: 7 },
    { at: 10, link: 1, packet: 7 },
    { at: 12, link: 1, packet: 8 },
    { at: 13, link: 1, packet: 9, flow: 0 },
  ]);

  it('count what reached the target of the flow, with its time from the queue of the first link', () => {
    expect(listArrivals(seen, LINKS, ENDS)).toEqual([
      { timeNs: 20 * MS, tookNs: 21 * MS },
      { timeNs: 22 * MS, tookNs: undefined },
    ]);
  });

  it('have the fault on an edge and leave out what is not whole', () => {
    const scope = { zeroNs: 25 * MS, fromNs: 0, toNs: 50 * MS, binNs: 10 * MS };
    const bins = countsByBin([4 * MS, 5 * MS, 24.9 * MS, 25 * MS], scope);
    expect(bins.map(({ fromNs, value }) => [fromNs / MS, value])).toEqual([
      ...[
        [-20, 1],
        [-10, 1],
      ],
      ...[
        [0, 1],
        [10, 0],
      ],
    ]);
    expect(rateBins([25 * MS], scope)[2]?.value).toBe(100);
  });

  it('have no p95 where too few came', () => {
    const scope = { zeroNs: 0, fromNs: 0, toNs: 20 * MS, binNs: 10 * MS };
    const arrivals = [1, 2, 3].map((ms) => ({ timeNs: ms * MS, tookNs: ms }));
    expect(latencyP95Bins(arrivals, scope).map(({ value }) => value)).toEqual([3, null]);
  });

  it('are wide enough to hold some packets each', () => {
    expect(chooseBinWidth(560 * MS, 5_600)).toBe(10 * MS);
    expect(chooseBinWidth(560 * MS, 67)).toBe(50 * MS);
    expect(chooseBinWidth(60e9, 600_000)).toBe(500 * MS);
  });

  it('of a series keep its steps and end with the window', () => {
    const bins = seriesBins(
      { stepNs: 100, values: [1, 2, null, 4] },
      { zeroNs: 200, fromNs: 150, toNs: 300 },
    );
    expect(bins).toEqual([
      { fromNs: -50, toNs: 0, value: 2 },
      { fromNs: 0, toNs: 100, value: null },
    ]);
  });

  it('of losses hold packets of the flow only', () => {
    const drop = (packet: number | undefined): DropRow => ({
      ...{ timeNs: 5, node: undefined, link: 0, packet, reason: 'loss' },
    });
    const drops = [drop(7), drop(9), drop(undefined)];
    expect(listLosses(drops, seen, 1)).toEqual([drop(7)]);
    expect(listLosses(drops, undefined, 1)).toEqual(drops);
  });

  it('of packets are used only where they agree with what was measured', () => {
    const arrivals = Array.from({ length: 100 }, (_, at) => ({ timeNs: at, tookNs: 1 }));
    const steps = (value: number): StepSeries => ({ stepNs: 100, values: [value, 50] });
    expect(arrivalsMatchSeries(arrivals, steps(100), { fromNs: 0, toNs: 150 })).toBe(true);
    expect(arrivalsMatchSeries(arrivals, steps(110), { fromNs: 0, toNs: 150 })).toBe(false);
  });
});

describe('lanes', () => {
  const span = { zeroNs: 100, fromNs: 50, toNs: 200 };

  it('begin with what held before the window and change where the state did', () => {
    const history = {
      before: [[3, [['bfd', 'up']]]] as const,
      changes: [
        { timeNs: 120, node: 3, machine: 'bfd', state: 'down' },
        { timeNs: 130, node: 4, machine: 'bfd', state: 'up' },
      ],
    };
    expect(machineLane(history, { node: 3, machine: 'bfd', label: 'x' }, span)?.segments).toEqual([
      { fromNs: -50, toNs: 20, state: 'up' },
      { fromNs: 20, toNs: 100, state: 'down' },
    ]);
    expect(machineLane(history, { node: 5, machine: 'bfd', label: 'x' }, span)).toBeUndefined();
  });

  it('of a link are down while any fault holds', () => {
    const faults = [
      { beginNs: 100, endNs: 150 },
      { beginNs: 140, endNs: 180 },
    ];
    const { segments } = linkStateLane({ target: 'a--b', word: 'down' }, faults, span);
    expect(segments.map(({ fromNs, state }) => [fromNs, state])).toEqual([
      ...[
        [-50, 'up'],
        [0, 'down'],
        [80, 'up'],
      ],
    ]);
  });

  it('name the path of most packets in each step', () => {
    const paths = [
      { name: 'one', stepNs: 50, values: [0, 9, 1, null] },
      { name: 'two', stepNs: 50, values: [0, 0, 2, 8] },
    ];
    const lane = busiestPathLane(paths, { zeroNs: 0, fromNs: 0, toNs: 200 });
    expect(lane?.segments.map(({ state }) => state)).toEqual(['none', 'one', 'two']);
    expect(busiestPathLane([], span)).toBeUndefined();
  });
});

it('writes into the table what the strips show, each effect with its seed', () => {
  const table = tableOf(
    [
      {
        ...{ kind: 'gaps', name: 'gap', finding: '', spread: undefined, limit: undefined },
        seeds: [{ seed: 4, isShown: false, gapNs: 9, effects: [{ name: 'detected', afterNs: 7 }] }],
      },
      { kind: 'missing', name: 'loss', finding: 'no trace' },
    ],
    1,
  );
  expect(table.rows).toEqual([
    ['gap', 4, 'gap between arrivals', null, null, 9, 'ns'],
    ['gap', 4, 'detected', 0, 7, 7, 'ns'],
  ]);
});
