/**
 * The queries about a trace and their answers: plain values that can pass between threads. Packets
 * come as columns, because typed arrays are transferred to another thread without a copy.
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
  /** First and last instant in all rows of the trace, ns. */
  readonly rangeNs: readonly [number, number];
  /** The intervals whose packets the trace has kept: start and end of each, ns. */
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

/** Rate and delay of one direction of a link from `timeNs` on. */
export interface RateDelayRow {
  readonly timeNs: number;
  readonly link: number;
  /** Bits per second; if infinite, serialisation takes no time. */
  readonly rateBps: number;
  readonly delayNs: number;
}

/** One row of the fault table. */
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

/** Hops as columns with one row for each packet on a link, sorted by departure. */
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

/**
 * A query for bins with packets of one link, or of all links together. The bins are the narrowest
 * of which at most `binsMax` cover the interval.
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

/** Every query with its parameters and its answer. */
export interface TraceQueries {
  /**
   * Packets under way at any time in the window. If there are more than `rowsMax`, a hash of the
   * packet number decides which are left out.
   */
  hops(window: TimeWindow & { readonly rowsMax?: number }): HopColumns;
  /** Every hop of one packet within the window, in chronological order. */
  hopsOfPacket(window: TimeWindow & { readonly packet: number }): HopColumns;
  /**
   * For each of these links, the longest wait of a packet in the queue of the link, ns; -1 if no
   * packet used the link.
   */
  waits(window: TimeWindow & { readonly links: readonly number[] }): readonly number[];
  /** How many packets a node had lost until an instant, by reason. */
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
   * Arrivals at each node, from the pyramid of the trace. The bins are the narrowest of which at
   * most `binsMax` cover the window, or the widest in the trace.
   */
  density(window: TimeWindow & { readonly binsMax?: number }): ArrivalDensity;
  /** The points of one metric of {@link TraceInfo.metrics} over the whole run. */
  series(metric: { readonly name: string }): SeriesColumns;
  /** The states of all machines at an instant. */
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
  /**
   * The first {@link Capture} of each packet whose bytes were stored. A packet and all packets that
   * nodes made from it share one entry.
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
