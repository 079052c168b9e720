/**
 * What a run passes to the reports: plain, clonable data of one seed, and the KPIs to judge. Times
 * are nanoseconds of the run's clock (virtual in `sim`, wall in `live`) unless a name says
 * otherwise.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import type { HistogramData } from '../engine/measure/histogram.ts';
import type { PrivacySummary } from './privacy/summary.ts';
import type { PredictionComparison } from './report-schema.ts';

/** In which way the scenario was run. */
export type RunMode = 'sim' | 'emulate' | 'live';

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
export type ComparisonOperator = '<=' | '>=' | '==' | '<' | '>';

/** A limit from the scenario file. */
export interface KpiSpec {
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly comparison: ComparisonOperator;
  /** In the metric's base unit (ns, ratio 0..1, 1/min, count). */
  readonly limit: number;
  /** As written in the file, e.g. `<= 250ms`. */
  readonly limitText: string;
  /** True when a metric without samples is `not applicable` instead of a failure. */
  readonly allowEmpty: boolean;
  /** Whether a `count` is judged for each seed, all of which have to meet the limit, or as `total` of all. */
  readonly over: 'seed' | 'total';
  /** `point` judges the value; `inside` passes only if the whole interval meets the limit. */
  readonly interval: 'point' | 'inside';
  /** True for a limit that is judged only in runs in virtual time. */
  readonly onlyVirtual?: boolean;
}

/** A fault that happened. */
export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  /** What the fault affected, as text: `core-110 <-> core-210 down`. */
  readonly text: string;
  /** Ids of links and names of nodes it affected; never empty in a finished run. */
  readonly targets: readonly string[];
  readonly beginNs: number;
  /** Undefined when it lasts to the end. */
  readonly endNs?: number;
  /**
   * Observed consequences, e.g. `detected`, `switched`, `first packet`: instants of the run's
   * clock.
   */
  readonly effects: Readonly<Record<string, number>>;
  /**
   * The gap that the fault caused in each affected flow, as sampled by the KPI
   * `<protocol>.failover`.
   */
  readonly gaps?: readonly FaultGap[];
  /** What became of a question; absent while nobody knows. */
  readonly answer?: AskAnswer;
}

/** The outcome of a question to a node: its answer, or why there is none. */
export interface AskAnswer {
  /** `ok`; else why there is no answer: a word of the node, `node-down`, `no-answer`, `too-long` or `cancelled`. */
  readonly outcome: string;
  /** Time from the question to the end of the answer. */
  readonly tookNs: number;
  /** Parts that came before the end of the answer, and bytes of all of it. */
  readonly parts: number;
  readonly bytes: number;
}

/** The gap that one fault caused in one flow. */
export interface FaultGap {
  /** Name of the flow: `a -> b`. */
  readonly flow: string;
  /** Time between arrivals, less the nominal spacing. */
  readonly gapNs: number;
  /** Packets sent in the gap that were never delivered. */
  readonly lost: number;
  /** False: the gap lasts to the end of the run. */
  readonly isRecovered: boolean;
}

/** What one flow measured around one fault, in bins; `null` if nothing could be measured. */
export interface FaultWindow {
  readonly fault: string;
  /** Name of the flow: `a -> b`. */
  readonly flow: string;
  readonly binNs: number;
  /** Start of the first bin, relative to the fault; negative. */
  readonly firstNs: number;
  /** Packets that arrived in the bin. */
  readonly delivered: readonly (number | null)[];
  /** Packets that were sent in the bin and never delivered. */
  readonly lost: readonly (number | null)[];
  /** p95 latency of the packets that arrived in the bin, ns. */
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
  /** Number of drops by reason, sorted by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** What happened to the messages of applications: the parts add up to what was submitted. */
export interface MessageTotals {
  readonly submitted: number;
  readonly delivered: number;
  /** Messages that the sending node rejected, by reason, sorted by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Messages not acknowledged after the last attempt. */
  readonly givenUp: number;
  /** Lost messages by reason, sorted by reason. */
  readonly lost: Readonly<Record<string, number>>;
  /** Messages still under way or held by a node. */
  readonly open: number;
}

/** A quantity over time in bins of equal width; `null` where nothing was measured. */
export interface TimeSeries {
  readonly name: string;
  /** Present if there are several: the flow, or the traffic entry with drawn pairs, that ends the name. */
  readonly flow?: string;
  readonly unit: string;
  readonly binNs: number;
  readonly values: readonly (number | null)[];
}

/** What one flow carried after the warm-up. */
export interface FlowResult {
  /** `a -> b`. */
  readonly flow: string;
  readonly sent: number;
  readonly delivered: number;
  /** Absent if nothing was delivered. */
  readonly latencyNs?: { readonly p50: number; readonly p95: number; readonly max: number };
}

/** What ended a run that could end when its work was done. */
export type RunCompletion =
  | { readonly by: 'done'; readonly atNs: number }
  /** The duration ended the run; these nodes had not finished. */
  | { readonly by: 'duration'; readonly unfinished: readonly string[] };

/** Everything measured in one run with one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly fingerprint: string;
  readonly virtualNs: number;
  /** Measured time after the warm-up. */
  readonly measuredNs: number;
  readonly wallMs: number;
  readonly events: number;
  /**
   * When the processing of events began, ms since 1970, and the time that the engine took; absent
   * if the run is in real time.
   */
  readonly engine?: { readonly beganMs: number; readonly endedMs: number; readonly busyMs: number };
  /**
   * Memory of all nodes, with their hosts and links, after they were made; and of all packets, with their
   * buffers, of which at most `most` were under way at once. Absent if nodes are in other processes.
   */
  readonly memory?: {
    readonly nodes: { readonly count: number; readonly bytes: number };
    readonly packets: { readonly most: number; readonly bytes: number };
  };
  readonly metrics: Readonly<Record<string, MetricData>>;
  /** Metrics that a run of this length cannot measure, and why; absent if it measures all. */
  readonly notApplicable?: Readonly<Record<string, string>>;
  /** Metrics of latency by the path that a packet took; absent where no node chooses paths. */
  readonly pathLatencies?: Readonly<Record<string, Readonly<Record<string, HistogramData>>>>;
  readonly faults: readonly FaultRecord[];
  readonly packets: PacketTotals;
  /** The direction of a link that was sending for the largest share of the run. */
  readonly busiestLink?: { readonly name: string; readonly share: number } | undefined;
  /** Absent when messages are not accounted for. */
  readonly messages?: MessageTotals;
  /** Why messages were not tracked. */
  readonly messagesUntracked?: string;
  /**
   * Packets of applications that nodes refused after the warm-up, by reason; absent if none was.
   */
  readonly refusals?: Readonly<Record<string, number>>;
  /** Drops named by protocols: counts by `protocol/reason`. */
  readonly nodeDrops: Readonly<Record<string, number>>;
  readonly series: readonly TimeSeries[];
  /** Absent while the run continues. */
  readonly flows?: readonly FlowResult[];
  /** Measurements around faults; absent in a run without faults. */
  readonly faultWindows?: { readonly windows: readonly FaultWindow[]; readonly leftOut: number };
  /** Present when the run can be repeated bit by bit. */
  readonly checkpoints?: Checkpoints;
  readonly warnings: readonly string[];
  /** The data of the privacy charts; absent if privacy was not measured. */
  readonly privacy?: PrivacySummary;
  /**
   * Greatest possible difference of two nodes' clocks, in ns, when the nodes ran on several
   * machines; 0 or absent when they shared one clock.
   */
  readonly clockUncertaintyNs?: number;
  /** What ended the run; absent if only its duration could. */
  readonly done?: RunCompletion;
  /** How the run ended. */
  readonly ending: 'complete' | 'interrupted' | 'time-limit' | 'aborted';
}

/** The share of its offered traffic that was carried, if some had to be rejected. */
export interface CarriedTraffic {
  /** Packets a second of measured time. */
  readonly offeredPerSecond: number;
  /** The part of the offered rate that the nodes at the sources accepted. */
  readonly acceptedPerSecond: number;
  /** The part of the offered rate that reached its application. */
  readonly carriedPerSecond: number;
  /** Packets dropped as `overload`, or lost live by the kernel; those of the warm-up too. */
  readonly shed: number;
}

/** Set for a run into which faults were injected. */
export interface InjectedFaultsFacts {
  /** How many faults were injected. */
  readonly faults: number;
  /** File that contains them, in the run's folder. */
  readonly file: string;
}

/** The runs with the changes of `twin`, one for each seed. */
export interface TwinJudgeInput {
  /** What they change, path to value. */
  readonly set: Readonly<Record<string, string>>;
  /** Limits on the difference: twin minus as written. */
  readonly kpis: readonly KpiSpec[];
  readonly seeds: readonly SeedResult[];
}

/** From what a run is judged and its report made: the files it ran, and the result of each seed. */
export interface JudgeInput {
  readonly scenario: {
    readonly name: string;
    readonly file: string;
    readonly sha256: string;
    readonly question: string;
    readonly topologyFile: string;
    readonly topologySha256: string;
    /** SHA-256 of other files that were read, sorted: traces, imported networks, files of options. */
    readonly data?: readonly string[];
    readonly durationNs: number;
    readonly warmupNs: number;
  };
  /** Set if nothing may reach an application. */
  readonly arrives?: 'nothing';
  readonly mode: RunMode;
  /** How a live run was distributed, e.g. `17 processes`; one process when absent. */
  readonly layout?: string;
  /** Name of the crypto provider; `modelled` is named in the verdict line. */
  readonly crypto: string;
  /**
   * `calibrated (file, processor, date)` or `not modelled`; `real` for the machine's own processor.
   */
  readonly cpu: string;
  /** Hash of the cost profile. */
  readonly cpuProfileSha256?: string;
  readonly kpis: readonly KpiSpec[];
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly SeedResult[];
  /** The generated networks that ran; their seeds follow from them (reports/networks.ts). */
  readonly networks?: readonly number[];
  /** Present if each seed ran a second time, with changes. */
  readonly twin?: TwinJudgeInput;
  /** The same scenario predicted in virtual time; live runs only, on request. */
  readonly against?: PredictionComparison;
  /** Wall time of the whole command, all workers. */
  readonly wallMs: number;
  readonly environment: {
    readonly node: string;
    readonly os: string;
    readonly cpu: string;
    readonly commit: string;
  };
  /** Present if faults were injected during the run, beyond those of the file. */
  readonly interactive?: InjectedFaultsFacts;
  /** A single command that repeats the run. */
  readonly reproduce: string;
  /** Overrides given by `--set`, path to value. */
  readonly overrides: Readonly<Record<string, string>>;
}
