/**
 * Checks what an agent reports about a run: only its own nodes, existing flows and links, past
 * instants, and the metrics that its protocols define. Anything else could break the meters of the
 * whole run, or fill the memory of the coordinator.
 *
 * It cannot tell whether a report is true: a machine of a deployment may lie about what its own
 * nodes sent, received and counted.
 *
 * @module
 */
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { FOLDED_METRIC_DEFINITION } from '../../../engine/measure/bounded-series.ts';
import {
  FOLDED_METRIC_NAME,
  LABEL_VALUE_LENGTH_MAX,
  type MetricSeries,
  readSeriesName,
  SERIES_PER_METRIC_MAX,
  seriesName,
} from '../../../engine/pure/series-name.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import {
  type AgentReport,
  type AgentTally,
  ARRIVED_ROW_WIDTH,
  SENT_ROW_WIDTH,
} from './messages.ts';
import type { PackedMetrics } from './packed-histogram.ts';

type Definitions = ReadonlyMap<string, MetricDefinition>;

/** The scenario and metrics against which an agent's reports are checked. */
export interface GuardOptions {
  readonly scenario: Pick<Scenario, 'topology' | 'traffic'>;
  /** Metrics that the protocol of a host defines. */
  readonly metricsOf: (host: string) => readonly MetricDefinition[];
  /** The present instant of the scenario's time, ns. */
  readonly now: () => number;
  /** The sequence number of the next packet of a flow, according to the reports of its source. */
  readonly nextSequence: (flow: number) => number;
}

/**
 * How far in the future the instants of a report may be, ns. Clocks of other machines are known to
 * within a few milliseconds.
 */
const AHEAD_MAX_NS = 10_000_000_000;
/** Largest number of sequence numbers that a source may skip at a time; a restart skips fewer. */
const SKIP_MAX = 65_536;
/**
 * Largest number of packets of a flow that may arrive before their source has reported them: as many as
 * a fast source sends in a minute.
 */
const UNTOLD_MAX = 1_048_576;

/** Checks that a report contains only what its agent may report about the run. */
export class ReportGuard {
  readonly #options: GuardOptions;
  readonly #links: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #definitions = new Map<string, Definitions>();

  constructor(options: GuardOptions) {
    this.#options = options;
    const { links, hosts } = options.scenario.topology;
    this.#links = new Set(links.map(({ id }) => id));
    this.#hosts = new Set(hosts.map(({ name }) => name));
  }

  /**
   * Checks a well-formed report.
   * @param own Hosts of the agent that sent it.
   * @returns what is wrong with it; undefined if nothing is.
   */
  check(own: readonly string[], report: AgentReport): string | undefined {
    switch (report.type) {
      case 'measured':
        return this.#sent(own, report.sent) ?? this.#arrived(own, report.arrived);
      case 'state':
      case 'mark':
      case 'finished':
        return this.#of(own, report.node) ?? this.#instant(report.type, report.atNs);
      case 'span':
        if (report.endNs < report.beginNs) return 'span ends before it begins';
        return this.#of(own, report.node) ?? this.#instant(report.type, report.endNs);
      case 'path':
        return this.#of(own, report.from) ?? this.#path(report);
      case 'log':
        return this.#of(own, report.node);
      case 'waiting':
        return report.nodes.map((node) => this.#of(own, node)).find((wrong) => wrong !== undefined);
      case 'tally':
      case 'result':
        return this.#tally(own, report.tally);
      case 'sum':
        return this.#isSum(own, report.metric) ? undefined : 'sum of a metric that is none of it';
      case 'addend':
      // `RemoteAsks` checks whether the agent was asked this question.
      case 'part':
      case 'answer':
      case 'hello':
      case 'loaded':
      case 'ready':
      case 'handovers':
        return undefined;
      case 'broken': {
        const { node } = report.crash ?? {};
        return node === undefined ? undefined : this.#of(own, node);
      }
    }
  }

  #of(own: readonly string[], node: string): string | undefined {
    return own.includes(node) ? undefined : 'it reports on a node that it does not run';
  }

  /** True if a protocol of these hosts defines a metric of this name for sums that the run counts. */
  #isSum(own: readonly string[], metric: string): boolean {
    const all = own.flatMap((host) => this.#options.metricsOf(host));
    return all.some(({ name, kind, of }) => name === metric && kind === 'ratio' && !of);
  }

  #instant(what: string, atNs: number): string | undefined {
    return atNs > this.#options.now() + AHEAD_MAX_NS ? `${what} is in the future` : undefined;
  }

  #path({ to, links = [] }: Extract<AgentReport, { type: 'path' }>): string | undefined {
    if (!this.#hosts.has(to)) return 'path leads to an unknown node';
    return links.every((id) => this.#links.has(id)) ? undefined : 'path has an unknown link';
  }

  // hot: once per packet of an application.
  #sent(own: readonly string[], rows: Float64Array): string | undefined {
    const { scenario, nextSequence, now } = this.#options;
    const latestNs = now() + AHEAD_MAX_NS;
    let flow = -1;
    let next = 0;
    for (let at = 0; at < rows.length; at += SENT_ROW_WIDTH) {
      if (rows[at] !== flow) {
        flow = rows[at] as number;
        const from = scenario.traffic[flow]?.from;
        if (from === undefined || !own.includes(from))
          return 'measured: sent by a flow of another agent';
        next = nextSequence(flow);
      }
      const sequence = rows[at + 1] as number;
      if (!isCount(sequence, next + SKIP_MAX)) return 'measured: a sequence number out of order';
      next = Math.max(next, sequence + 1);
      if (!isInstant(rows[at + 2] as number, latestNs)) return 'measured: in the future';
    }
    return undefined;
  }

  // hot: once per packet of an application.
  #arrived(own: readonly string[], rows: Float64Array): string | undefined {
    const latestNs = this.#options.now() + AHEAD_MAX_NS;
    let flow = -1;
    let host = -1;
    let end = 0;
    for (let at = 0; at < rows.length; at += ARRIVED_ROW_WIDTH) {
      if (rows[at] !== host) {
        host = rows[at] as number;
        if (!this.#isOwn(own, host)) return 'measured: arrived at a node of another agent';
      }
      if (rows[at + 1] !== flow) {
        flow = rows[at + 1] as number;
        end = this.#endOf(flow);
      }
      // The kind of the packet is not checked here: the coordinator skips rows of unknown kinds.
      if (!isCount(rows[at + 3] as number, end)) return 'measured: a packet that was never sent';
      const isPast = isInstant(rows[at + 4] as number, latestNs);
      if (!isPast || !isInstant(rows[at + 5] as number, latestNs)) return 'measured: in the future';
    }
    return undefined;
  }

  #isOwn(own: readonly string[], host: number): boolean {
    const name = this.#options.scenario.topology.hosts[host]?.name;
    return name !== undefined && own.includes(name);
  }

  /** Upper bound on the sequence numbers of a flow's packets; 0 if there is no such flow. */
  #endOf(flow: number): number {
    const { scenario, nextSequence } = this.#options;
    return scenario.traffic[flow] === undefined ? 0 : nextSequence(flow) + UNTOLD_MAX;
  }

  #tally(own: readonly string[], { metrics, refused, filesSent }: AgentTally): string | undefined {
    const flows = this.#options.scenario.traffic.length;
    if (refused.length > flows) return 'tally: refusals of unknown flows';
    if (filesSent.some((flow) => flow >= flows)) return 'tally: files of unknown flows';
    for (const [host, values] of Object.entries(metrics)) {
      const wrong = this.#of(own, host);
      if (wrong !== undefined) return wrong;
      const mistake = wrongMetrics(values, this.#metricsOf(host));
      if (mistake !== undefined) return mistake;
    }
    return undefined;
  }

  #metricsOf(host: string): Definitions {
    const known = this.#definitions.get(host);
    if (known !== undefined) return known;
    const all = [...this.#options.metricsOf(host), FOLDED_METRIC_DEFINITION];
    const definitions = new Map(all.map((one) => [one.name, one]));
    this.#definitions.set(host, definitions);
    return definitions;
  }
}

/** What is wrong with the metrics of a node, in which each labelled series has an entry. */
function wrongMetrics(
  values: AgentTally['metrics'][string],
  known: Definitions,
): string | undefined {
  const counts = new Map<string, number>();
  for (const [name, value] of Object.entries(values)) {
    const series = readSeriesName(name);
    const definition = series && known.get(series.metric);
    if (series === undefined || definition?.kind !== value.kind)
      return 'tally: a metric with another kind than its protocol defines';
    if (isEmptyFold(series.metric, value)) return 'tally: a count of folded series below 1';
    if (series.metric === name) continue;
    const wrong = wrongLabels(name, series, definition.labels ?? []);
    if (wrong !== undefined) return wrong;
    const count = (counts.get(series.metric) ?? 0) + 1;
    counts.set(series.metric, count);
    if (count > SERIES_PER_METRIC_MAX + 1)
      return 'tally: a metric with more labels than a node keeps';
  }
  return undefined;
}

/**
 * True if a node reports its counter of folded series with a value below 1, although it creates
 * this counter only when it folds a series into others.
 */
function isEmptyFold(metric: string, value: PackedMetrics[string]): boolean {
  return metric === FOLDED_METRIC_NAME && 'value' in value && value.value < 1;
}

function wrongLabels(
  name: string,
  { metric, labels: given }: MetricSeries,
  labels: readonly string[],
): string | undefined {
  const own = labels.map((label) => given[label] ?? '');
  if (seriesName(metric, labels, own) !== name)
    return 'tally: a metric with other labels than its protocol defines';
  // The label of the counter of folded series is the name of a metric, not a value that the node chose.
  const isLong = own.some(({ length }) => length > LABEL_VALUE_LENGTH_MAX);
  return isLong && metric !== FOLDED_METRIC_NAME
    ? 'tally: a label that is longer than a node keeps'
    : undefined;
}

function isCount(value: number, end: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < end;
}

function isInstant(ns: number, latestNs: number): boolean {
  return ns >= 0 && ns <= latestNs;
}
