/**
 * The answers to queries about a trace: plain values that can pass between threads. Packets come as
 * columns, so that transferring a hundred thousand of them costs nothing.
 *
 * @module
 */
import type {
  LinkDirectionInfo,
  MetricInfo,
  NodeInfo,
} from '../../../engine/measure/trace/layout.ts';
import type { Capture } from '../../format/captures.ts';
import type { MarkRow, SpanRow } from '../../format/drawing.ts';
import type { RecordedStatus } from '../../format/recorded-status.ts';
import type { BinRow } from '../../format/trace-file.ts';

/** General facts about an open trace. */
export interface TraceInfo {
  readonly run: string;
  readonly seed: number;
  readonly version: number;
  readonly extent: 'windows' | 'full';
  readonly durationNs: number;
  readonly warmupNs: number;
  /** First and last instant of any row, ns. */
  readonly rangeNs: readonly [number, number];
  /** The intervals whose packets were kept, ns. */
  readonly windowsNs: readonly (readonly [number, number])[];
  readonly nodes: readonly NodeInfo[];
  readonly links: readonly LinkDirectionInfo[];
  readonly flows: readonly string[];
  readonly reasons: readonly string[];
  readonly classes: readonly string[];
  readonly metrics: readonly MetricInfo[];
  /** Number of rows by table. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly FaultRow[];
  readonly fingerprint: string;
  readonly bytes: number;
  /** Why only part of the trace could be read; undefined if it is whole. */
  readonly damage: string | undefined;
}

/** Rate and delay of one direction of a link from an instant on. */
export interface RateDelayRow {
  readonly timeNs: number;
  readonly link: number;
  /** If infinite, serialisation takes no time. */
  readonly rateBps: number;
  readonly delayNs: number;
}

/** One row of the fault table. */
export interface FaultRow {
  readonly timeNs: number;
  readonly kind: 'begin' | 'end' | 'effect';
  /** The id of the link or the name of the node that was affected. */
  readonly target: string;
  /** `core-110--core-210 down`; for an effect, `detected: core-110--core-210 down`. */
  readonly text: string;
}

/** Packets on links as columns, sorted by departure. */
export interface HopColumns {
  readonly rows: number;
  readonly departNs: Float64Array;
  /** NaN if the packet was lost or its arrival was not recorded. */
  readonly arriveNs: Float64Array;
  readonly queueNs: Float64Array;
  readonly link: Uint32Array;
  readonly packet: Uint32Array;
  readonly flow: Uint16Array;
  readonly class: Uint8Array;
  readonly flags: Uint8Array;
  readonly bytes: Uint16Array;
  /** 0 arrived, 1 dropped, 2 unknown. */
  readonly fate: Uint8Array;
  /** Number of rows that matched; more than `rows` if some packets were left out. */
  readonly total: number;
}

/** One lost packet. A field is undefined if the trace does not say it. */
export interface DropRow {
  readonly timeNs: number;
  readonly node: number | undefined;
  readonly link: number | undefined;
  readonly packet: number | undefined;
  readonly reason: string;
}

/** A state machine of a node entered a state. */
export interface StateChangeRow {
  readonly timeNs: number;
  readonly node: number;
  readonly machine: string;
  readonly state: string;
}

/** The points of one metric. */
export interface SeriesColumns {
  readonly timeNs: Float64Array;
  readonly value: Float64Array;
}

/** Number of packets that reached each node in each bin of time: `count[node * bins + bin]`. */
export interface ArrivalDensity {
  readonly startNs: number;
  readonly binNs: number;
  readonly bins: number;
  readonly count: Float64Array;
  /** Packets lost on the way to the node. */
  readonly drops: Float64Array;
}

/** The states of all machines: for each node its number and its pairs of machine and state. */
export type MachineStateEntries = readonly (readonly [
  number,
  readonly (readonly [string, string])[],
])[];

/** A query for packets of one link or of all, in the finest bins of which `binsMax` suffice. */
export interface PacketBinsQuery {
  readonly link?: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly binsMax?: number;
}

/** An interval of time, ns; `from <= t < to`. */
export interface TimeWindow {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Every query with its parameters and its answer. */
export interface TraceQueries {
  /**
   * Packets under way at any time in the window; at most `rowsMax`, thinned out by packet number.
   */
  hops(window: TimeWindow & { readonly rowsMax?: number }): HopColumns;
  /** Every hop of one packet within the window, in chronological order. */
  hopsOfPacket(window: TimeWindow & { readonly packet: number }): HopColumns;
  /** For each of these links, the longest wait of a packet in its queue, ns; -1 without packets. */
  waits(window: TimeWindow & { readonly links: readonly number[] }): readonly number[];
  /** How many packets a node had lost until an instant, by reason. */
  losses(of: {
    readonly node: number;
    readonly toNs: number;
  }): readonly (readonly [reason: string, count: number])[];
  /** Changes of rates and delays in the window, in chronological order. */
  paces(window: TimeWindow): readonly RateDelayRow[];
  drops(window: TimeWindow): readonly DropRow[];
  marks(window: TimeWindow): readonly MarkRow[];
  spans(window: TimeWindow): readonly SpanRow[];
  bins(window: PacketBinsQuery): readonly BinRow[];
  /**
   * Arrivals at each node, from the pyramid of the trace, in the finest bins of which `binsMax`
   * suffice, or else in the widest.
   */
  density(window: TimeWindow & { readonly binsMax?: number }): ArrivalDensity;
  /** The points of one metric of {@link TraceInfo.metrics} over the whole run. */
  series(metric: { readonly name: string }): SeriesColumns;
  stateAt(at: { readonly timeNs: number }): MachineStateEntries;
  /** Every change of state in the window, in chronological order. */
  changes(window: TimeWindow): readonly StateChangeRow[];
  /**
   * The nearest instant before or after the cursor at which anything happened; undefined if there
   * is none.
   */
  neighbour(of: {
    readonly timeNs: number;
    readonly direction: 'before' | 'after';
  }): number | undefined;
  /** For each packet whose bytes were stored, the first place where they were. */
  trails(all: Readonly<Record<string, never>>): readonly Capture[];
  /**
   * Every place where the bytes of a packet, or of packets made from it, were stored; empty if none
   * were.
   */
  captures(of: { readonly packet: number }): readonly Capture[];
  /** What a node said of itself; undefined if the trace has no statuses up to this instant. */
  statusAt(at: { readonly node: number; readonly timeNs: number }): RecordedStatus | undefined;
}

/** The name of a query. */
export type QueryName = keyof TraceQueries;
/** The parameters of a query. */
export type QueryParameters<Q extends QueryName> = Parameters<TraceQueries[Q]>[0];
/** The answer to a query. */
export type QueryAnswer<Q extends QueryName> = ReturnType<TraceQueries[Q]>;
