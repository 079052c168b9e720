/**
 * What a run passes to the reports: for each seed plain data that can be cloned between threads, and
 * the KPIs to judge. Times are nanoseconds of the run's clock (virtual in `sim`, wall in `live`) unless
 * a name says otherwise.
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import type { HistogramData } from '../engine/measure/histogram.ts';
import type { PrivacySummary } from './privacy/summary.ts';
import type { PredictionComparison } from './report-schema.ts';

/** How the scenario was run: in virtual time, emulated, or live over real sockets. */
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

/** A limit on a metric, from the scenario file. */
export interface KpiSpec {
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly comparison: ComparisonOperator;
  /** In the metric's base unit (ns, ratio 0..1, 1/min, count). */
  readonly limit: number;
  /** The limit as written in the file, e.g. `<= 250ms`. */
  readonly limitText: string;
  /** True when a metric without samples is `not applicable` instead of a failure. */
  readonly allowEmpty: boolean;
  /**
   * What a `count` is judged over: `seed`, every seed has to meet the limit; `total`, the sum of all
   * seeds has to.
   */
  readonly over: 'seed' | 'total';
  /** `point` judges the value; `inside` passes only if the whole interval meets the limit. */
  readonly interval: 'point' | 'inside';
  /** True if the limit is judged only in runs in virtual time. */
  readonly onlyVirtual?: boolean;
}

/** A fault that happened. */
export interface FaultRecord {
  readonly id: string;
  readonly kind: string;
  /** The effect of the fault as text: `core-110 <-> core-210 down`. */
  readonly text: string;
  /** Ids of the links and names of the nodes that the fault affected; never empty in a finished run. */
  readonly targets: readonly string[];
  readonly beginNs: number;
  /** End of the fault; undefined if it lasts to the end of the run. */
  readonly endNs?: number;
  /**
   * Observed consequences, e.g. `detected`, `switched`, `first packet`, each with its instant of the
   * run's clock.
   */
  readonly effects: Readonly<Record<string, number>>;
  /**
   * The gap that the fault caused in each affected flow; these are the samples of the metric
   * `<protocol>.failover`.
   */
  readonly gaps?: readonly FaultGap[];
  /** For an ask: its outcome; absent until the node has answered or the ask has failed. */
  readonly answer?: AskAnswer;
}

/** The outcome of an ask, which is a question to a node: its answer, or why there is none. */
export interface AskAnswer {
  /**
   * `ok`; else why there is no answer: a reason given by the node, `node-down`, `no-answer`, `too-long`
   * or `cancelled`.
   */
  readonly outcome: string;
  /** Time from the question to the end of its answer. */
  readonly tookNs: number;
  /** Number of parts before the final one of the answer. */
  readonly parts: number;
  /** Length of the whole answer, bytes. */
  readonly bytes: number;
}

/** The gap that one fault caused in one flow. */
export interface FaultGap {
  /** Name of the flow: `a -> b`. */
  readonly flow: string;
  /** Time between the last arrival before and the first after the fault, minus the nominal spacing. */
  readonly gapNs: number;
  /** Packets sent in the gap that were never delivered. */
  readonly lost: number;
  /** False if no packet arrived after the fault, so that the gap lasts to the end of the run. */
  readonly isRecovered: boolean;
}

/**
 * What one flow measured around one fault, in bins of equal width; `null` in bins that could not be
 * measured.
 */
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
  /** One string of the fingerprints, 8 hex digits each, from the end of the first interval on. */
  readonly digests: string;
}

/** Numbers of packets on all links of the run, which must balance. */
export interface PacketTotals {
  readonly sent: number;
  readonly duplicated: number;
  readonly injected: number;
  readonly delivered: number;
  readonly inFlight: number;
  /** Number of drops by reason, sorted by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** The account of the messages of applications: all other numbers add up to the submitted messages. */
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
  /**
   * Present if the run has several flows: the flow, or the traffic entry with drawn pairs, with which
   * the name ends.
   */
  readonly flow?: string;
  readonly unit: string;
  readonly binNs: number;
  readonly values: readonly (number | null)[];
}

/** The packets and latencies of one flow after the warm-up. */
export interface FlowResult {
  /** Name of the flow: `a -> b`. */
  readonly flow: string;
  readonly sent: number;
  readonly delivered: number;
  /** Quantiles of the latency; absent if nothing was delivered. */
  readonly latencyNs?: { readonly p50: number; readonly p95: number; readonly max: number };
}

/** What ended a run with `until: done`: its work was done, or its duration was over. */
export type RunCompletion =
  | { readonly by: 'done'; readonly atNs: number }
  /** The duration ended the run; these nodes had not finished. */
  | { readonly by: 'duration'; readonly unfinished: readonly string[] };

/** Everything measured in one run with one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly fingerprint: string;
  readonly virtualNs: number;
  /** Duration of the measured part of the run, after the warm-up. */
  readonly measuredNs: number;
  readonly wallMs: number;
  readonly events: number;
  /**
   * When the processing of events began and ended, ms since 1970, and the wall time that the engine
   * took, ms; absent in real-time runs.
   */
  readonly engine?: { readonly beganMs: number; readonly endedMs: number; readonly busyMs: number };
  /**
   * Bytes of all nodes with their hosts and links, right after they were made; and of all packets with
   * their buffers, of which at most `most` were under way at once. Absent if nodes ran in other
   * processes.
   */
  readonly memory?: {
    readonly nodes: { readonly count: number; readonly bytes: number };
    readonly packets: { readonly most: number; readonly bytes: number };
  };
  readonly metrics: Readonly<Record<string, MetricData>>;
  /** Reason for each metric that a run of this length cannot measure; absent if it can measure all. */
  readonly notApplicable?: Readonly<Record<string, string>>;
  /**
   * Latency histograms by metric and by the path that the packets took; absent if no node chooses
   * paths.
   */
  readonly pathLatencies?: Readonly<Record<string, Readonly<Record<string, HistogramData>>>>;
  readonly faults: readonly FaultRecord[];
  readonly packets: PacketTotals;
  /** The direction of a link that was sending for the largest share of the run. */
  readonly busiestLink?: { readonly name: string; readonly share: number } | undefined;
  /** The account of messages; absent if messages are not accounted for. */
  readonly messages?: MessageTotals;
  /** Why messages were not tracked. */
  readonly messagesUntracked?: string;
  /**
   * Packets of applications that nodes refused after the warm-up, by reason; absent if none was.
   */
  readonly refusals?: Readonly<Record<string, number>>;
  /** Drops that nodes reported: counts by `protocol/reason`. */
  readonly nodeDrops: Readonly<Record<string, number>>;
  readonly series: readonly TimeSeries[];
  /** Results of single flows; absent while the run is in progress. */
  readonly flows?: readonly FlowResult[];
  /**
   * What flows measured around faults, and how many windows were left out; absent in a run without
   * faults.
   */
  readonly faultWindows?: { readonly windows: readonly FaultWindow[]; readonly leftOut: number };
  /** Fingerprints in the course of the run; present if the run can be repeated bit by bit. */
  readonly checkpoints?: Checkpoints;
  readonly warnings: readonly string[];
  /** The data of the privacy charts; absent if privacy was not measured. */
  readonly privacy?: PrivacySummary;
  /**
   * Largest possible difference between the clocks of two nodes, in ns, if they ran on several
   * machines; 0 or absent if they shared one clock.
   */
  readonly clockUncertaintyNs?: number;
  /** What ended the run; absent if nothing but its duration could have ended it. */
  readonly done?: RunCompletion;
  /** How the run ended. */
  readonly ending: 'complete' | 'interrupted' | 'time-limit' | 'aborted';
}

/** Rate of the traffic that applications offered, and the share that was carried; present only if some was rejected. */
export interface CarriedTraffic {
  /** Packets that applications submitted, per second of measured time. */
  readonly offeredPerSecond: number;
  /** The part of the offered rate that the nodes at the sources accepted. */
  readonly acceptedPerSecond: number;
  /** The part of the offered rate that reached its application. */
  readonly carriedPerSecond: number;
  /** Packets dropped as `overload`, or in a live run by the kernel, warm-up included. */
  readonly shed: number;
}

/** The faults that were injected into a run while it was in progress. */
export interface InjectedFaultsFacts {
  /** How many faults were injected. */
  readonly faults: number;
  /** Name of the scenario file with these faults in the run's folder. */
  readonly file: string;
}

/** The twin of a run: the same seeds, run again with the changes under `twin:` of the scenario. */
export interface TwinJudgeInput {
  /** The changes, path to value. */
  readonly set: Readonly<Record<string, string>>;
  /** Limits on the difference: twin minus run as written. */
  readonly kpis: readonly KpiSpec[];
  readonly seeds: readonly SeedResult[];
}

/** What a run is judged from and its report is made of: its input files, and the result of each seed. */
export interface JudgeInput {
  readonly scenario: {
    readonly name: string;
    readonly file: string;
    readonly sha256: string;
    readonly question: string;
    readonly topologyFile: string;
    readonly topologySha256: string;
    /** SHA-256 of each further file that was read, sorted: traces, imported networks, files of options. */
    readonly data?: readonly string[];
    readonly durationNs: number;
    readonly warmupNs: number;
  };
  /** `nothing` if the scenario demands that no packet reaches an application. */
  readonly arrives?: 'nothing';
  readonly mode: RunMode;
  /** How a live run was distributed, e.g. `17 processes`; one process when absent. */
  readonly layout?: string;
  /** Name of the crypto provider; `modelled` is named in the verdict line. */
  readonly crypto: string;
  /** What protocols want the verdict line to say; absent if nothing. */
  readonly remarks?: readonly string[];
  /**
   * `calibrated (file, processor, date)` or `not modelled`; `real` for the machine's own processor.
   */
  readonly cpu: string;
  /** SHA-256 of the file of the cost profile; absent without one. */
  readonly cpuProfileSha256?: string;
  readonly kpis: readonly KpiSpec[];
  readonly definitions: readonly MetricDefinition[];
  readonly seeds: readonly SeedResult[];
  /** The generated networks that ran; their seeds follow from them (reports/networks.ts). */
  readonly networks?: readonly number[];
  /** Present if each seed ran a second time, with changes. */
  readonly twin?: TwinJudgeInput;
  /**
   * The comparison with a prediction of the same scenario in virtual time; only in live runs, on
   * request.
   */
  readonly against?: PredictionComparison;
  /** Wall time of the whole command with all its threads. */
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
  /** The values that `--set` has changed, path to value. */
  readonly overrides: Readonly<Record<string, string>>;
}
