/**
 * Turns the measurements of an experiment into the result of one seed, as plain data.
 *
 * @module
 */

import type { MetricDefinition } from '../../engine/host/measure.ts';
import { mergeMetricsByName } from '../../engine/measure/counters.ts';
import {
  type HistogramData,
  histogramQuantile,
  type LogHistogram,
  mergeHistograms,
} from '../../engine/measure/histogram.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { metricOfSeries, seriesName } from '../../engine/pure/series-name.ts';
import type {
  FaultGap,
  FaultRecord,
  FlowResult,
  MetricData,
  SeedResult,
  TimeSeries,
} from '../../reports/model.ts';
import { sumCountsByName } from '../../reports/sum-counts.ts';
import {
  DROP_LABEL,
  LINK_BYTES_METRIC,
  NODE_DROPS_METRIC,
} from '../../scenarios/metrics/run-metrics.ts';
import { trafficMetrics } from '../../scenarios/metrics/traffic-metrics.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';
import { notApplicableReason, seriesBinNs } from '../../scenarios/series-bins.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import type { World } from '../world.ts';
import type { Experiment } from './experiment.ts';

/** Facts about the end of a run that its caller adds. */
export interface EndingFacts {
  readonly seed: number;
  readonly fingerprint: string;
  readonly wallMs: number;
  readonly events: number;
  readonly ending: SeedResult['ending'];
  readonly warnings: readonly string[];
  /** Metrics of all protocols of the run. */
  readonly definitions: readonly MetricDefinition[];
  /** Name of the protocol that delivers the packets of a flow. */
  readonly protocolOf: (flow: TrafficSpec) => string;
}

/** Makes the result of one seed. */
export function makeSeedResult(
  experiment: Experiment,
  world: World,
  scenario: Scenario,
  how: EndingFacts,
): SeedResult {
  return gathered({ experiment, world, scenario, how, isOver: true });
}

/**
 * Makes the interim result of a run for viewers; changes nothing in the run. Packets that may still
 * arrive are not lost yet: those of the last second count only once they have arrived, and an open gap
 * lasts until now.
 */
export function makeInterimSeedResult(
  experiment: Experiment,
  world: World,
  scenario: Scenario,
  how: Pick<EndingFacts, 'seed' | 'definitions' | 'protocolOf'>,
): SeedResult {
  const rest = {
    fingerprint: 'none',
    wallMs: 0,
    events: 0,
    ending: 'interrupted',
    warnings: [],
  } as const;
  return gathered({ experiment, world, scenario, how: { ...how, ...rest }, isOver: false });
}

interface Gathering {
  readonly experiment: Experiment;
  readonly world: World;
  readonly scenario: Scenario;
  readonly how: EndingFacts;
  readonly isOver: boolean;
}

function gathered({ experiment, world, scenario, how, isOver }: Gathering): SeedResult {
  const reached = Math.min(world.now(), experiment.endNs);
  const nodeDrops = world.nodeDrops();
  const nowNs = isOver ? undefined : reached;
  // An incomplete last bin is left out, because it would look like a loss.
  const binNs = seriesBinNs(scenario.durationNs);
  const shownNs = isOver ? reached : Math.floor(reached / binNs) * binNs;
  return {
    seed: how.seed,
    fingerprint: how.fingerprint,
    virtualNs: reached,
    measuredNs: Math.max(0, reached - scenario.warmupNs),
    wallMs: how.wallMs,
    events: how.events,
    metrics: {
      ...nodeMetrics(world, scenario, how.definitions, nodeDrops),
      ...flowMetrics(experiment, how.protocolOf, nowNs),
      ...linkMetrics(world),
      ...experiment.sums.metrics(),
      ...experiment.asks.metrics(),
    },
    ...inapplicable({ experiment, world, scenario, protocolOf: how.protocolOf }),
    ...pathLatencies(experiment, how.protocolOf),
    faults: faultRecords(experiment, isOver),
    packets: world.packets(),
    busiestLink: world.busiestLink?.(),
    nodeDrops,
    ...refusalsOf(experiment),
    series: allSeries(experiment).map((series) => withinRun(series, shownNs)),
    ...(isOver
      ? { ...windowsPart(experiment, reached), flows: experiment.flows.map(flowResult) }
      : {}),
    warnings: how.warnings,
    ending: how.ending,
    ...(isOver ? donePart(experiment) : {}),
  };
}

/** Refused packets by reason; absent if no packet was refused. */
function refusalsOf({ flows, refusals }: Experiment): Pick<SeedResult, 'refusals'> {
  const all = refusals ?? sumCountsByName(flows.map(({ meter }) => meter.refusals));
  return Object.keys(all).length === 0 ? {} : { refusals: all };
}

function nodeMetrics(
  world: World,
  scenario: Scenario,
  definitions: readonly MetricDefinition[],
  drops: Readonly<Record<string, number>>,
): Record<string, MetricData> {
  const { hosts } = scenario.topology;
  const merged: Record<string, MetricData> = mergeMetricsByName([
    ...hosts.map(({ name }) => world.metrics(name)),
    dropMetrics(drops, scenario),
  ]);
  for (const { name, of } of definitions) {
    if (of === undefined) continue;
    const [numerator, denominator] = of.map((part) => counterOf(merged[part]));
    if (numerator === undefined || denominator === undefined) continue;
    merged[name] = { kind: 'ratio', numerator, denominator };
  }
  return merged;
}

function counterOf(data: MetricData | undefined): number | undefined {
  return data?.kind === 'counter' ? data.value : undefined;
}

/** Latency histograms by metric and path. */
function pathLatencies(
  experiment: Experiment,
  protocolOf: (flow: TrafficSpec) => string,
): Pick<SeedResult, 'pathLatencies'> {
  const metrics: Record<string, Record<string, HistogramData>> = {};
  for (const { meter, spec } of experiment.flows) {
    const name = `${protocolOf(spec)}.latency`;
    for (const [path, histogram] of meter.latencyByPath) {
      const paths = metrics[name] ?? {};
      const known = paths[path];
      const own = histogram.data();
      metrics[name] = {
        ...paths,
        [path]: known === undefined ? own : mergeHistograms([known, own]),
      };
    }
  }
  return Object.keys(metrics).length === 0 ? {} : { pathLatencies: metrics };
}

/** Traffic metrics, grouped by the protocol of the receiving node. */
function flowMetrics(
  experiment: Experiment,
  protocolOf: (flow: TrafficSpec) => string,
  nowNs: number | undefined,
): Record<string, MetricData> {
  const protocols = new Map<string, Flow[]>();
  for (const flow of experiment.flows) {
    const prefix = protocolOf(flow.spec);
    protocols.set(prefix, [...(protocols.get(prefix) ?? []), flow]);
  }
  const metrics: Record<string, MetricData> = {};
  for (const [prefix, flows] of protocols) {
    const data = trafficData(experiment, flows, nowNs);
    for (const { name } of trafficMetrics(prefix)) {
      const value = data[name.slice(prefix.length + 1)];
      if (value !== undefined) metrics[name] = value;
    }
  }
  return metrics;
}

/**
 * The traffic metrics of some flows together.
 * @param nowNs The present instant if the run continues, else undefined.
 */
function trafficData(
  experiment: Experiment,
  flows: readonly Flow[],
  nowNs: number | undefined,
): Record<string, MetricData> {
  const total = (read: (flow: Flow) => number): number =>
    flows.reduce((sum, flow) => sum + read(flow), 0);
  const failovers = flows.flatMap(({ meter, nextSequence }) =>
    nowNs === undefined ? meter.failovers(nextSequence) : meter.failoversUntil(nextSequence, nowNs),
  );
  const sent = total((flow) => flow.meter.sentCount);
  const open =
    nowNs === undefined
      ? 0
      : total(({ meter, nextSequence }) => meter.underWay(nextSequence, nowNs));
  const delivered = total((flow) => flow.meter.deliveredCount);
  const refused = total((flow) => flow.meter.refused);
  const pairs = new Set(flows.map(nameOf));
  const reactions = experiment.paths.reactions.filter(({ pair }) => pairs.has(pair));
  const detections = reactions.filter(({ detectedNs }) => detectedNs >= 0);
  const switches = [...pairs].reduce(
    (sum, pair) => sum + (experiment.paths.faultSwitches.get(pair)?.length ?? 0),
    0,
  );
  return {
    latency: histogram(flows.map((flow) => flow.meter.latency)),
    throughput: { kind: 'counter', value: delivered },
    delivery: {
      kind: 'ratio',
      numerator: delivered,
      denominator: sent - open,
    },
    ...availability(flows, nowNs),
    failover: { kind: 'samples', values: failovers.map(({ gapNs }) => gapNs) },
    'failover.lost': { kind: 'samples', values: failovers.map(({ lost }) => lost) },
    disturbance: {
      kind: 'samples',
      values: flows.flatMap(({ meter }) => meter.disturbances(nowNs)),
    },
    recovery: { kind: 'samples', values: flows.flatMap((flow) => recoveries(experiment, flow)) },
    detection: {
      kind: 'samples',
      values: detections.map(({ detectedNs, faultNs }) => detectedNs - faultNs),
    },
    switches: { kind: 'ratio', numerator: switches, denominator: reactions.length },
    reorder: histogram(flows.map((flow) => flow.meter.reorder)),
    duplicates: { kind: 'counter', value: total((flow) => flow.meter.duplicates) },
    corrupted: { kind: 'counter', value: experiment.deliveries.damaged },
    offered: { kind: 'counter', value: sent },
    accepted: { kind: 'counter', value: sent - refused },
    refused: { kind: 'counter', value: refused },
    response_time: histogram(flows.map((flow) => flow.meter.rtt)),
    transfer: { kind: 'samples', values: flows.flatMap((flow) => flow.transferNs()) },
  };
}

/** The availability of flows; absent if the bins of the run are wider than the step of its windows. */
function availability(
  flows: readonly Flow[],
  nowNs: number | undefined,
): Readonly<Record<string, MetricData>> {
  if (flows.some(({ meter }) => !meter.hasWindows)) return {};
  const ratios = flows.map(({ meter }) =>
    nowNs === undefined ? meter.availability() : meter.availabilitySoFar(nowNs),
  );
  return {
    availability: {
      kind: 'ratio',
      numerator: ratios.reduce((sum, ratio) => sum + ratio.numerator, 0),
      denominator: ratios.reduce((sum, ratio) => sum + ratio.denominator, 0),
    },
  };
}

/**
 * Whether finished work or the duration ended the run; empty if runs of this scenario always last for
 * their duration.
 */
function donePart({ done }: Experiment): Pick<SeedResult, 'done'> {
  if (done === undefined) return {};
  const { doneNs, unfinished } = done;
  return {
    done: doneNs === undefined ? { by: 'duration', unfinished } : { by: 'done', atNs: doneNs },
  };
}

/** Metrics that a run of this kind or length cannot measure, each with the reason. */
function inapplicable({
  experiment,
  world,
  scenario: { durationNs },
  protocolOf,
}: Pick<Gathering, 'experiment' | 'world' | 'scenario'> & Pick<EndingFacts, 'protocolOf'>): Pick<
  SeedResult,
  'notApplicable'
> {
  const protocols = [...new Set(experiment.flows.map(({ spec }) => protocolOf(spec)))];
  const names = protocols.flatMap((name) => trafficMetrics(name).map((metric) => metric.name));
  const reasons = names.sort().flatMap((name) => {
    const reason = notApplicableReason(name, durationNs);
    return reason === undefined ? [] : [[name, reason]];
  });
  const all = { ...Object.fromEntries(reasons), ...linksUncounted(world) };
  return Object.keys(all).length === 0 ? {} : { notApplicable: all };
}

/** For each restart of a node of the flow, the time until packets arrive again, ns. */
function recoveries(experiment: Experiment, flow: Flow): number[] {
  const samples = flow.meter.failovers(flow.nextSequence);
  const ends = [flow.spec.from, flow.spec.to];
  const values: number[] = [];
  for (const { record, atNs, flow: hit } of experiment.hits) {
    const isEnd = record.kind === 'crash' && record.targets.some((node) => ends.includes(node));
    if (hit !== flow || !isEnd || record.endNs === undefined) continue;
    const sample = samples.find(({ faultNs }) => faultNs === atNs);
    if (sample !== undefined) values.push(Math.max(0, sample.firstPacketNs - record.endNs));
  }
  return values;
}

function histogram(parts: readonly LogHistogram[]): MetricData {
  return { kind: 'histogram', data: mergeHistograms(parts.map((part) => part.data())) };
}

/** The fault records, completed with the instants of their effects and the gaps that they caused. */
function faultRecords(experiment: Experiment, isOver: boolean): FaultRecord[] {
  return experiment.faults.records.map((record) => {
    const effects: Record<string, number> = { ...record.effects };
    const gaps: FaultGap[] = [];
    for (const hit of experiment.hits) {
      if (hit.record !== record) continue;
      Object.assign(effects, effectsOn(experiment, hit.flow, hit.atNs));
      for (const one of gapOf(hit.flow, hit.atNs)) gaps.push(one);
    }
    // While a run continues, a gap may still be open and lost packets may still come.
    const known = isOver && gaps.length > 0 ? { gaps } : {};
    return { ...record, effects, ...known };
  });
}

/**
 * The gap that a fault at `atNs` caused in a flow, a sample of the failover metric; empty during the
 * warm-up.
 */
function gapOf(flow: Flow, atNs: number): FaultGap[] {
  const samples = flow.meter.failovers(flow.nextSequence);
  return samples
    .filter(({ faultNs }) => faultNs === atNs)
    .slice(0, 1)
    .map(({ gapNs, lost, isRecovered }) => ({ flow: nameOf(flow), gapNs, lost, isRecovered }));
}

function nameOf({ spec }: Flow): string {
  return `${spec.from} -> ${spec.to}`;
}

/** The measurements around faults, one entry per fault. */
function windowsPart(experiment: Experiment, reachedNs: number): Pick<SeedResult, 'faultWindows'> {
  if (experiment.faults.records.length === 0) return {};
  const order = new Map(experiment.faults.records.map(({ id }, at) => [id, at]));
  const windows = experiment.flows
    .flatMap((flow) => flow.meter.windows?.results(nameOf(flow), reachedNs) ?? [])
    .sort((a, b) => (order.get(a.fault) ?? 0) - (order.get(b.fault) ?? 0));
  const leftOut = experiment.flows.reduce(
    (sum, { meter }) => sum + (meter.windows?.leftOut ?? 0),
    0,
  );
  return { faultWindows: { windows, leftOut } };
}

function effectsOn(experiment: Experiment, flow: Flow, atNs: number): Record<string, number> {
  const pair = nameOf(flow);
  const reaction = experiment.paths.reactions.find((r) => r.pair === pair && r.faultNs === atNs);
  const samples = flow.meter.failovers(flow.nextSequence);
  const sample = samples.find(({ faultNs, isRecovered }) => faultNs === atNs && isRecovered);
  const effects: Record<string, number> = {};
  if (reaction !== undefined && reaction.detectedNs >= 0) effects['detected'] = reaction.detectedNs;
  if (reaction !== undefined && reaction.switchedNs >= 0) effects['switched'] = reaction.switchedNs;
  if (sample === undefined) return effects;
  return { ...effects, 'first packet': sample.firstPacketNs };
}

function flowResult(flow: Flow): FlowResult {
  const { sentCount: sent, deliveredCount: delivered } = flow.meter;
  const result = { flow: nameOf(flow), sent, delivered };
  const latency = flow.meter.latency.data();
  if (latency.count === 0) return result;
  const [p50, p95] = [histogramQuantile(latency, 0.5), histogramQuantile(latency, 0.95)];
  return { ...result, latencyNs: { p50, p95, max: latency.max } };
}

/** Cuts off the bins after the end of the run, in which the network drained. */
function withinRun(series: TimeSeries, reachedNs: number): TimeSeries {
  return { ...series, values: series.values.slice(0, Math.ceil(reachedNs / series.binNs)) };
}

/** The series of each flow; for a traffic entry with drawn pairs, the sums over its flows. */
function allSeries(experiment: Experiment): TimeSeries[] {
  const single = experiment.flows.filter(({ spec }) => spec.group === undefined);
  const isOneOfMany = single.length + experiment.groups.size > 1;
  return [
    ...single.flatMap((flow) => flowSeries(experiment, flow, isOneOfMany)),
    ...[...experiment.groups.keys()].flatMap((group) =>
      groupSeries(experiment, group, isOneOfMany),
    ),
  ];
}

function flowSeries(experiment: Experiment, flow: Flow, isOneOfMany: boolean): TimeSeries[] {
  const { meter, spec } = flow;
  const paths = experiment.paths.useSeries(spec.from, spec.to, meter);
  const series = [
    ...threeSeries(meter),
    ...[...paths].map(([path, values]) => ({
      ...{ name: `path:${path}`, unit: 'packets', binNs: meter.binNs, values },
    })),
  ];
  return isOneOfMany ? series.map((one) => named(one, nameOf(flow))) : series;
}

/**
 * The series of a traffic entry with drawn pairs. They have no shares of paths, because there may be as
 * many paths as flows.
 */
function groupSeries(experiment: Experiment, group: string, isOneOfMany: boolean): TimeSeries[] {
  const meters = experiment.flows
    .filter(({ spec }) => spec.group === group)
    .map(({ meter }) => meter);
  const series = threeSeries({
    sentBins: sumOfBins(meters.map(({ sentBins }) => sentBins)),
    deliveredBins: sumOfBins(meters.map(({ deliveredBins }) => deliveredBins)),
    latencyBins: experiment.groups.get(group)?.latencyBins ?? [],
    binNs: experiment.groups.get(group)?.binNs ?? 0,
  });
  return isOneOfMany ? series.map((one) => named(one, group)) : series;
}

function named(series: TimeSeries, flow: string): TimeSeries {
  return { ...series, name: `${series.name} ${flow}`, flow };
}

function threeSeries(
  bins: Pick<Flow['meter'], 'sentBins' | 'deliveredBins' | 'latencyBins' | 'binNs'>,
): TimeSeries[] {
  const { binNs } = bins;
  return [
    { name: 'sent', unit: 'packets', binNs, values: bins.sentBins },
    { name: 'delivered', unit: 'packets', binNs, values: bins.deliveredBins },
    { name: 'latency.p95', unit: 'ns', binNs, values: bins.latencyBins },
  ];
}

function sumOfBins(all: readonly (readonly number[])[]): number[] {
  const length = greatestOf([0, ...all.map((bins) => bins.length)]);
  const sum = new Array<number>(length).fill(0);
  for (const bins of all) {
    for (const [index, count] of bins.entries()) sum[index] = (sum[index] ?? 0) + count;
  }
  return sum;
}

/** The metrics of links; empty in worlds that do not count the bytes on links. */
function linkMetrics(world: World): Readonly<Record<string, MetricData>> {
  const value = world.linkBytes?.();
  return value === undefined ? {} : { [LINK_BYTES_METRIC]: { kind: 'counter', value } };
}

/**
 * Counters of drops by nodes, in all and by reason; 0 for a reason that a limit names and that did not
 * occur.
 */
function dropMetrics(
  drops: Readonly<Record<string, number>>,
  { kpis }: Scenario,
): Record<string, MetricData> {
  const names = kpis
    .map(({ metric }) => metric)
    .filter((one) => metricOfSeries(one) === NODE_DROPS_METRIC);
  const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  for (const [name, count] of Object.entries(drops)) {
    counts[seriesName(NODE_DROPS_METRIC, [DROP_LABEL], [name])] = count;
  }
  counts[NODE_DROPS_METRIC] = Object.values(drops).reduce((sum, count) => sum + count, 0);
  const entries = Object.entries(counts);
  return Object.fromEntries(entries.map(([name, value]) => [name, { kind: 'counter', value }]));
}

/** For each metric of links: why this world does not measure it; empty if it does. */
function linksUncounted(world: World): Readonly<Record<string, string>> {
  if (world.linkBytes !== undefined) return {};
  return { [LINK_BYTES_METRIC]: 'bytes on links are counted in virtual time only' };
}
