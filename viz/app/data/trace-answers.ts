/**
 * The queries about a trace and their answers: plain values that can pass between threads. Answers
 * with packets have columns (one typed array for each property), because typed arrays are
 * transferred to another thread without a copy.
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

/** The description of an open trace. */
export interface TraceInfo {
  readonly run: string;
  readonly seed: number;
  readonly version: number;
  readonly extent: 'windows' | 'full';
  readonly durationNs: number;
  readonly warmupNs: number;
  /** Earliest and latest instant of all rows of the trace, ns. */
  readonly rangeNs: readonly [number, number];
  /** The intervals whose packets the trace has kept: start and end of each, ns. */
  readonly windowsNs: readonly (readonly [number, number])[];
  readonly nodes: readonly NodeInfo[];
  readonly links: readonly LinkDirectionInfo[];
  readonly flows: readonly string[];
  readonly reasons: readonly string[];
  readonly classes: readonly string[];
  readonly metrics: readonly MetricInfo[];
  /** For each table, by name: its number of rows. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly FaultRow[];
  readonly fingerprint: string;
  readonly bytes: number;
  /** Why only part of the trace could be read; undefined if all of it could. */
  readonly damage: string | undefined;
}

/** Rate and delay of one direction of a link from `timeNs` on. */
export interface RateDelayRow {
  readonly timeNs: number;
  readonly link: number;
  /** Bits per second; if infinite, serialisation takes no time. */
  readonly rateBps: number;
  readonly delayNs: number;
}

/** A row of the fault table: a fault begins, ends, or has an observed effect. */
export interface FaultRow {
  readonly timeNs: number;
  readonly kind: 'begin' | 'end' | 'effect';
  /** The id of the link or the name of the node that was affected. */
  readonly target: string;
  /**
   * The fault as text: `core-110--core-210 down`; for an effect, `detected: core-110--core-210
   * down`.
   */
  readonly text: string;
}

/** Packets on links, as columns with one row for each packet on each link, sorted by departure. */
export interface HopColumns {
  readonly rows: number;
  readonly departNs: Float64Array;
  /** Time of arrival; NaN if the packet was lost or its arrival was not recorded. */
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
  /** Number of packets that matched the query; more than `rows` if some were left out. */
  readonly total: number;
}

/** One lost packet. A field is undefined if the trace does not contain its value. */
export interface DropRow {
  readonly timeNs: number;
  readonly node: number | undefined;
  readonly link: number | undefined;
  readonly packet: number | undefined;
  readonly reason: string;
}

/** The change of one state machine of a node to a new state. */
export interface StateChangeRow {
  readonly timeNs: number;
  readonly node: number;
  readonly machine: string;
  readonly state: string;
}

/** The points of one metric over time, as columns. */
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
  /** Number of packets lost on the links to the node: `drops[node * bins + bin]`. */
  readonly drops: Float64Array;
}

/** The states of all machines: for each node, its number and pairs of machine and state. */
export type MachineStateEntries = readonly (readonly [
  number,
  readonly (readonly [string, string])[],
])[];

/**
 * A query for the number of packets per bin of time, of one link or of all links together. The bins
 * are the narrowest of which at most `binsMax` cover the interval.
 */
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

/** Every query, as a function from its parameters to its answer. */
export interface TraceQueries {
  /**
   * The packets that were on a link at any time in the window. If there are more than `rowsMax`, a
   * hash of the packet number decides which are left out.
   */
  hops(window: TimeWindow & { readonly rowsMax?: number }): HopColumns;
  /** Every hop of one packet within the window, in chronological order. */
  hopsOfPacket(window: TimeWindow & { readonly packet: number }): HopColumns;
  /**
   * For each of these links, the longest wait of a packet in the queue of the link, ns; -1 if no
   * packet used the link.
   */
  waits(window: TimeWindow & { readonly links: readonly number[] }): readonly number[];
  /** For each drop reason, how many packets the node had lost by an instant. */
  losses(of: {
    readonly node: number;
    readonly toNs: number;
  }): readonly (readonly [reason: string, count: number])[];
  /** Changes of rates and delays in the window, in chronological order. */
  paces(window: TimeWindow): readonly RateDelayRow[];
  /** The packets lost in the window, at most 20,000. */
  drops(window: TimeWindow): readonly DropRow[];
  marks(window: TimeWindow): readonly MarkRow[];
  /** The procedures that were running in the window. */
  spans(window: TimeWindow): readonly SpanRow[];
  bins(window: PacketBinsQuery): readonly BinRow[];
  /**
   * Arrivals at each node, from the counts per bin that the trace stores at several resolutions.
   * The bins are the narrowest of which at most `binsMax` cover the window, or the widest in the
   * trace.
   */
  density(window: TimeWindow & { readonly binsMax?: number }): ArrivalDensity;
  /** The points of one metric of {@link TraceInfo.metrics} over the whole run. */
  series(metric: { readonly name: string }): SeriesColumns;
  /** The states of all machines at an instant. */
  stateAt(at: { readonly timeNs: number }): MachineStateEntries;
  /** Every change of state in the window, in chronological order. */
  changes(window: TimeWindow): readonly StateChangeRow[];
  /**
   * The nearest instant before or after `timeNs` at which anything happened; undefined if there is
   * none.
   */
  neighbour(of: {
    readonly timeNs: number;
    readonly direction: 'before' | 'after';
  }): number | undefined;
  /**
   * For each packet whose bytes were stored, its first {@link Capture}. A packet and all packets
   * that nodes made from it count as one.
   */
  trails(all: Readonly<Record<string, never>>): readonly Capture[];
  /**
   * All captures of a packet and of the packets made from it, in chronological order; empty if
   * there are none.
   */
  captures(of: { readonly packet: number }): readonly Capture[];
  /**
   * The latest status that a node had reported by an instant; undefined if the trace has no
   * statuses up to this instant.
   */
  statusAt(at: { readonly node: number; readonly timeNs: number }): RecordedStatus | undefined;
}

/** The name of a query. */
export type QueryName = keyof TraceQueries;
/** The parameters of the query named `Q`. */
export type QueryParameters<Q extends QueryName> = Parameters<TraceQueries[Q]>[0];
/** The answer to the query named `Q`. */
export type QueryAnswer<Q extends QueryName> = ReturnType<TraceQueries[Q]>;
