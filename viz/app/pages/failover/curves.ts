/**
 * Makes the strips (the charts below each other) of throughput, loss and latency. If the report has
 * the values of all seeds around faults, the strips show all seeds. Otherwise they show one seed:
 * its packets are counted if the trace has them and they agree with the measured series; or else
 * the series is drawn.
 *
 * @module
 */
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { countWithNoun, quantityText, wholeNumberText } from '../../../../reports/format.ts';
import type { SeriesSummary } from '../../../../reports/report-schema.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import {
  type Arrival,
  type BandBin,
  type Bin,
  type BinningWindow,
  chooseBinWidth,
  countsByBin,
  latencyP95Bins,
  listArrivals,
  listLosses,
  rateBins,
  seriesBins,
} from './bins.ts';
import { latencyLimit, THROUGHPUT_UNIT, throughputLimit } from './limits.ts';
import { findFaultWindows } from './overlay.ts';
import { findFlowEnds, readFlowName, type StripsData, traceCommand } from './scene.ts';
import { seedStrips } from './seed-strips.ts';
import type { StepSeries } from './steps.ts';
import { isAlignedOverSeeds } from './story.ts';
import type { Strip } from './strips.ts';

/**
 * Share by which the number of arrivals counted from packets may differ from the series of the
 * report.
 */
const AGREEMENT = 0.02;

/** Makes the strips of throughput, loss and latency. */
export function curveStrips(scene: StripsData): readonly Strip[] {
  const windows = findFaultWindows(scene.report, scene.shown, readFlowName(scene));
  if (windows.length > 1) return seedStrips(scene, windows);
  const arrivals = seenArrivals(scene);
  return [throughput(scene, arrivals), loss(scene), latency(scene, arrivals)];
}

/**
 * Lists the arrivals of the flow in the trace; undefined if the trace has not kept the packets, or
 * if their number disagrees with the series.
 */
function seenArrivals(scene: StripsData): readonly Arrival[] | undefined {
  const { info, material, suffix } = scene;
  const ends = findFlowEnds(info, suffix);
  const hops = material.packets?.hops;
  if (info === undefined || ends === undefined || hops === undefined) return undefined;
  const arrivals = listArrivals(hops, info.links, ends);
  return arrivalsMatchSeries(arrivals, material.delivered, scene) ? arrivals : undefined;
}

/**
 * True if the number of arrivals in the complete steps of the window is about the number in the
 * series.
 */
export function arrivalsMatchSeries(
  arrivals: readonly Arrival[],
  delivered: StepSeries | undefined,
  { fromNs, toNs }: Pick<StripsData, 'fromNs' | 'toNs'>,
): boolean {
  if (delivered === undefined) return arrivals.length > 0;
  const { stepNs, values } = delivered;
  const [first, last] = [Math.ceil(fromNs / stepNs), Math.floor(toNs / stepNs)];
  const measured = values.slice(first, last).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const seen = arrivals.filter(({ timeNs }) => timeNs >= first * stepNs && timeNs < last * stepNs);
  return Math.abs(seen.length - measured) <= Math.max(3, AGREEMENT * measured);
}

function throughput(scene: StripsData, arrivals: readonly Arrival[] | undefined): Strip {
  const name = 'throughput';
  const { delivered } = scene.material;
  const scope = scopeOf(scene, arrivals?.length ?? 0);
  const perSecond = delivered === undefined ? 1 : 1e9 / delivered.stepNs;
  const bins =
    arrivals === undefined
      ? scaled(seriesOf(delivered, scene), perSecond)
      : rateBins(
          arrivals.map(({ timeNs }) => timeNs),
          scope,
        );
  if (bins.length === 0) return missing(scene, name);
  const before = middleOf(bins.filter(({ toNs }) => toNs <= 0));
  const least = lowestOf(bins.filter(({ fromNs }) => fromNs >= 0));
  const width = quantityText(arrivals === undefined ? (delivered?.stepNs ?? 0) : scope.binNs, 'ns');
  const words = [
    before === undefined ? '' : `median ${quantityText(before, THROUGHPUT_UNIT)} before, `,
    least === undefined ? '' : `lowest ${quantityText(least, THROUGHPUT_UNIT)} after, `,
    `bins of ${width}`,
  ];
  return {
    ...{
      kind: 'curve',
      name,
      finding: words.join(''),
      unit: THROUGHPUT_UNIT,
      bins,
      style: 'steps',
    },
    band: bandOf(scene, 'delivered', perSecond),
    overlay: undefined,
    limit: throughputLimit(scene),
  };
}

function loss(scene: StripsData): Strip {
  const { info, material, suffix, report } = scene;
  const { packets } = material;
  // The trace of a live run records drops by protocols but not losses on links, so a number of
  // losses counted from it would be too low.
  const isLive = report.mode === 'live';
  if (packets === undefined || isLive) {
    const lost = report.metrics['gateway.failover.lost']?.quantiles?.find(({ p }) => p === 0.5);
    const median =
      lost === undefined ? '' : `median ${wholeNumberText(lost.value)} packets per fault; `;
    const why = isLive ? 'a live trace has no losses on links' : traceCommand(scene);
    return { kind: 'missing', name: 'loss', finding: `${median}${why}` };
  }
  const ends = findFlowEnds(info, suffix);
  const isJoined = packets.hops !== undefined && ends !== undefined;
  const own = isJoined ? listLosses(packets.drops, packets.hops, ends.flow) : packets.drops;
  const scope = scopeOf(scene, 0);
  const bins = countsByBin(
    own.map(({ timeNs }) => timeNs),
    scope,
  );
  const others = packets.drops.length - own.length;
  const whose = isJoined
    ? `${countWithNoun(own.length, 'packet')} of the flow lost${others === 0 ? '' : `, and ${wholeNumberText(others)} other packets`}`
    : `${countWithNoun(own.length, 'packet')} of all kinds lost`;
  const cut = packets.isWhole ? '' : ' (the first 20 000 of the window)';
  return {
    ...{
      kind: 'curve',
      name: 'loss',
      unit: 'packets',
      bins,
      style: 'bars',
      band: [],
      overlay: undefined,
    },
    ...{ finding: `${whose}${cut}, bins of ${quantityText(scope.binNs, 'ns')}`, limit: undefined },
  };
}

function latency(scene: StripsData, arrivals: readonly Arrival[] | undefined): Strip {
  const name = 'p95 latency';
  const scope = scopeOf(scene, arrivals?.length ?? 0);
  const seen = arrivals === undefined ? [] : latencyP95Bins(arrivals, scope);
  const isSeen = seen.some(({ value }) => value !== null);
  const bins = isSeen ? seen : seriesOf(scene.material.latency, scene);
  if (!bins.some(({ value }) => value !== null)) return missing(scene, name);
  const before = middleOf(bins.filter(({ toNs }) => toNs <= 0));
  const most = greatestOf([
    0,
    ...bins.filter(({ fromNs }) => fromNs >= 0).map(({ value }) => value ?? 0),
  ]);
  const width = quantityText(isSeen ? scope.binNs : (scene.material.latency?.stepNs ?? 0), 'ns');
  const how = isSeen ? 'from the first link to the target' : 'as measured by the target';
  return {
    ...{ kind: 'curve', name, unit: 'ns', bins, style: 'steps' },
    finding: `${before === undefined ? '' : `median ${quantityText(before, 'ns')} before, `}highest ${quantityText(most, 'ns')} after, ${how}, bins of ${width}`,
    band: bandOf(scene, 'latency.p95', 1),
    overlay: undefined,
    limit: latencyLimit(scene),
  };
}

function missing(scene: StripsData, name: string): Strip {
  const { report, shown } = scene;
  const seed = `the report shows seed ${report.shownSeed} in full`;
  const words = report.shownSeed === shown.seed ? 'was not measured here' : seed;
  return { kind: 'missing', name, finding: `${words}; ${traceCommand(scene)}` };
}

function scopeOf({ shown, fromNs, toNs }: StripsData, packets: number): BinningWindow {
  return { zeroNs: shown.beginNs, fromNs, toNs, binNs: chooseBinWidth(toNs - fromNs, packets) };
}

function seriesOf(
  steps: StepSeries | undefined,
  { shown, fromNs, toNs }: StripsData,
): readonly Bin[] {
  if (steps === undefined) return [];
  return seriesBins(steps, { zeroNs: shown.beginNs, fromNs, toNs });
}

function scaled(bins: readonly Bin[], by: number): readonly Bin[] {
  return bins.map((bin) => ({ ...bin, value: bin.value === null ? null : bin.value * by }));
}

/**
 * Makes bins with the lowest and the highest value of all seeds; no bins if the fault does not
 * happen at the same time in all seeds.
 */
function bandOf(scene: StripsData, name: string, by: number): readonly BandBin[] {
  const { report, same, suffix } = scene;
  const series: SeriesSummary | undefined = report.series.find(
    (one) => one.name === `${name}${suffix}`,
  );
  if (series === undefined || report.seeds.length < 2 || !isAlignedOverSeeds(same, series.stepNs))
    return [];
  const lows = seriesOf({ stepNs: series.stepNs, values: series.low }, scene);
  const highs = seriesOf({ stepNs: series.stepNs, values: series.high }, scene);
  return lows.flatMap(({ fromNs, toNs, value }, at) => {
    const high = highs[at]?.value ?? null;
    return value === null || high === null
      ? []
      : [{ fromNs, toNs, low: value * by, high: high * by }];
  });
}

function middleOf(bins: readonly Bin[]): number | undefined {
  return quantile(sortedAscending(known(bins)), 0.5);
}

function lowestOf(bins: readonly Bin[]): number | undefined {
  return sortedAscending(known(bins))[0];
}

function known(bins: readonly Bin[]): readonly number[] {
  return bins.map(({ value }) => value).filter((value) => value !== null);
}
