/**
 * What a run hands to the reports: plain, clonable data of one seed, and the KPIs it is judged by.
 * Times are nanoseconds of the run's clock (virtual in `sim`, wall in `live`) unless a name says
 * otherwise.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import type { HistogramData } from '../engine/measure/histogram.ts';
import type { Against } from './against.ts';
import type { PrivacySummary } from './privacy/summary.ts';

/** In which world the run took place. */
export type Mode = 'sim' | 'emulate' | 'live';

/** The measured data of one metric in one run. */
export type MetricData =
  | { readonly kind: 'counter'; readonly value: number }
  | { readonly kind: 'gauge'; readonly value: number }
  | { readonly kind: 'ratio'; readonly numerator: number; readonly denominator: number }
  | { readonly kind: 'samples'; readonly values: readonly number[] }
  | { readonly kind: 'histogram'; readonly data: HistogramData };

/** Ways to reduce a metric to one number. `rate` is per minute of measured time. */
export type Aggregation =
  | 'p50'
  | 'p90'
  | 'p95'
  | 'p99'
  | 'p99.9'
  | 'mean'
  | 'min'
  | 'max'
  | 'rate'
  | 'ratio'
  | 'count'
  | 'value';

/** Comparison of a measured value with its limit. */
export type Comparison = '<=' | '>=' | '==' | '<' | '>';

/** A limit from the scenario file. */
export interface KpiSpec {
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly comparison: Comparison;
  /** In the metric's base unit (ns, ratio 0..1, 1/min, count). */
  readonly limit: number;
  /** As written in the file, e.g. `<= 250ms`. */
  readonly limitText: string;
  /** True when a metric without samples is `not applicable` instead of a failure. */
  readonly allowEmpty: boolean;
  /** `point` judges the value; `inside` passes only if the whole interval meets the limit. */
  readonly interval: 'point' | 'inside';
}

/** One fault that happened. */
export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  /** What it hit, for people: `core-110 <-> core-210 down`. */
  readonly text: string;
  /** Link ids and node names that it touched; never empty in a finished run. */
  readonly targets: readonly string[];
  readonly beginNs: number;
  /** Undefined when it lasts to the end. */
  readonly endNs?: number;
  /** Consequences seen, e.g. `detected`, `switched`, `first packet`: instants of the run's clock. */
  readonly effects: Readonly<Record<string, number>>;
  /** What it cost the flows that it hit, as the KPI `<protocol>.failover` samples it. */
  readonly gaps?: readonly FaultGap[];
}

/** What one fault cost one flow. */
export interface FaultGap {
  /** `a -> b`. */
  readonly flow: string;
  /** Between arrivals, less the nominal spacing. */
  readonly gapNs: number;
  /** Packets of the gap that were never delivered. */
  readonly lost: number;
  /** False: the gap lasts to the end of the run. */
  readonly isRecovered: boolean;
}

/** What one flow measured around one fault, in bins; `null` where nothing could be measured. */
export interface FaultWindow {
  readonly fault: string;
  /** `a -> b`. */
  readonly flow: string;
  readonly binNs: number;
  /** Begin of the first bin after the fault; negative. */
  readonly firstNs: number;
  /** Packets that arrived in the bin. */
  readonly delivered: readonly (number | null)[];
  /** Packets that were sent in the bin and never delivered. */
  readonly lost: readonly (number | null)[];
  /** p95 of the latency of those that arrived in it, ns. */
  readonly latencyP95: readonly (number | null)[];
}

/** The fingerprint of the events up to each multiple of an interval of virtual time. */
export interface Checkpoints {
  readonly everyNs: number;
  /** 8 hex digits each, from the first interval on. */
  readonly digests: string;
}

/** Conservation of packets on all links of the run. */
export interface PacketTotals {
  readonly sent: number;
  readonly duplicated: number;
  readonly injected: number;
  readonly delivered: number;
  readonly inFlight: number;
  /** By named reason, sorted by name. */
  readonly drops: Readonly<Record<string, number>>;
}

/** What became of the messages of applications: the parts add up to what was submitted. */
export interface MessageTotals {
  readonly submitted: number;
  readonly delivered: number;
  /** By the sending node's reason, sorted by name. */
  readonly refused: Readonly<Record<string, number>>;
  /** Not acknowledged after the last try. */
  readonly givenUp: number;
  /** By reason, sorted by name. */
  readonly lost: Readonly<Record<string, number>>;
  /** Still on their way, or held by a node. */
  readonly open: number;
}

/** A quantity over time in bins of equal width; `null` where nothing was measured. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly binNs: number;
  readonly values: readonly (number | null)[];
}

/** Everything measured in one run with one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly fingerprint: string;
  readonly virtualNs: number;
  /** Measured time after the warm-up. */
  readonly measuredNs: number;
  readonly wallMs: number;
  readonly events: number;
  readonly metrics: Readonly<Record<string, MetricData>>;
  readonly faults: readonly FaultRecord[];
  readonly packets: PacketTotals;
  /** Absent where nobody keeps account of them. */
  readonly messages?: MessageTotals;
  /** Why nobody does. */
  readonly messagesUntracked?: string;
  /** Drops named by protocols: `protocol/reason` to count. */
  readonly nodeDrops: Readonly<Record<string, number>>;
  readonly series: readonly Series[];
  /** Around faults; absent in a run without one. */
  readonly faultWindows?: { readonly windows: readonly FaultWindow[]; readonly leftOut: number };
  /** Where a run can be repeated bit by bit. */
  readonly checkpoints?: Checkpoints;
  readonly warnings: readonly string[];
  /** What the charts of privacy show; absent when none was measured. */
  readonly privacy?: PrivacySummary;
  /**
   * By how much the clocks of two nodes may differ at most, in ns, where the nodes ran on several
   * machines; 0 or left out where they shared one clock.
   */
  readonly clockUncertaintyNs?: number;
  /** `complete`, `interrupted` or `time-limit`. */
  readonly ending: 'complete' | 'interrupted' | 'time-limit';
}

/** What applications got of what they asked for, where something had to be turned away. */
export interface Carried {
  /** Packets a second of measured time. */
  readonly offeredPerSecond: number;
  /** Of those, what the nodes at the sources took. */
  readonly acceptedPerSecond: number;
  /** And what reached its application. */
  readonly carriedPerSecond: number;
  /** What was dropped as `overload`, at sources and on the way, warm-up included. */
  readonly shed: number;
}

/** A run that is not the one of its file. */
export interface InteractiveFacts {
  /** How many faults were injected. */
  readonly faults: number;
  /** File with them, in the folder of the run. */
  readonly file: string;
}

/** What the judge gets. */
export interface RunInput {
  readonly scenario: {
    readonly name: string;
    readonly file: string;
    readonly sha256: string;
    readonly question: string;
    readonly topologyFile: string;
    readonly topologySha256: string;
    readonly durationNs: number;
    readonly warmupNs: number;
  };
  readonly mode: Mode;
  /** On what a live run was spread, e.g. `17 processes`; one process when absent. */
  readonly layout?: string;
  /** Name of the crypto provider; `modelled` is named in the verdict line. */
  readonly crypto: string;
  /** `calibrated (file, processor, date)` or `not modelled`; `real` where it is the machine's. */
  readonly cpu: string;
  /** Of the cost profile. */
  readonly cpuProfileSha256?: string;
  readonly kpis: readonly KpiSpec[];
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly SeedResult[];
  /** The same scenario predicted in virtual time; live runs only, on request. */
  readonly against?: Against;
  /** Wall time of the whole command, all workers. */
  readonly wallMs: number;
  readonly environment: {
    readonly node: string;
    readonly os: string;
    readonly cpu: string;
    readonly commit: string;
  };
  /** Faults came from outside of the file while the run went on. */
  readonly interactive?: InteractiveFacts;
  /** One command that repeats the run. */
  readonly reproduce: string;
  /** Overrides given by `--set`, path to value. */
  readonly overrides: Readonly<Record<string, string>>;
}
