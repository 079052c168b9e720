/**
 * What pages get when they query a trace: plain values that pass between threads. Packets come as
 * columns, so that transferring a hundred thousand of them costs nothing.
 *
 * @module
 */
import type { LinkInfo, MetricInfo, NodeInfo } from '../../../engine/measure/trace/layout.ts';
import type { MarkRow, SpanRow } from '../../format/drawing.ts';
import type { Passage } from '../../format/passages.ts';
import type { BinRow } from '../../format/trace-file.ts';

/** What is known about an open trace. */
export interface TraceInfo {
  readonly run: string;
  readonly seed: number;
  readonly version: number;
  readonly extent: 'windows' | 'full';
  readonly durationNs: number;
  readonly warmupNs: number;
  /** First and last instant of any row. */
  readonly rangeNs: readonly [number, number];
  /** Times whose packets were kept. */
  readonly windowsNs: readonly (readonly [number, number])[];
  readonly nodes: readonly NodeInfo[];
  readonly links: readonly LinkInfo[];
  readonly flows: readonly string[];
  readonly reasons: readonly string[];
  readonly classes: readonly string[];
  readonly metrics: readonly MetricInfo[];
  /** Rows by table. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly FaultRow[];
  readonly fingerprint: string;
  readonly bytes: number;
  /** Why only a part could be read. */
  readonly damage: string | undefined;
}

/** Rate and delay of a direction from an instant on. */
export interface PaceRow {
  readonly timeNs: number;
  readonly link: number;
  /** With Infinity, serialisation takes no time. */
  readonly rateBps: number;
  readonly delayNs: number;
}

/** One line of the fault table. */
export interface FaultRow {
  readonly timeNs: number;
  readonly kind: 'begin' | 'end' | 'effect';
  /** The link id or node that it affected. */
  readonly target: string;
  /** `core-110--core-210 down`; of an effect `detected: core-110--core-210 down`. */
  readonly text: string;
}

/** Packets on links as columns, sorted by departure. */
export interface HopColumns {
  readonly rows: number;
  readonly departNs: Float64Array;
  /** NaN: lost on the way, or not seen to arrive. */
  readonly arriveNs: Float64Array;
  readonly queueNs: Float64Array;
  readonly link: Uint32Array;
  readonly packet: Uint32Array;
  readonly flow: Uint16Array;
  readonly class: Uint8Array;
  readonly flags: Uint8Array;
  readonly bytes: Uint16Array;
  /** 0 arrived, 1 dropped, 2 open. */
  readonly fate: Uint8Array;
  /** Number of rows; more than `rows` if every n-th was taken. */
  readonly total: number;
}

/** One loss. `undefined`: none. */
export interface DropRow {
  readonly timeNs: number;
  readonly node: number | undefined;
  readonly link: number | undefined;
  readonly packet: number | undefined;
  readonly reason: string;
}

/** A machine of a node that entered a state. */
export interface StateRow {
  readonly timeNs: number;
  readonly node: number;
  readonly machine: string;
  readonly state: string;
}

/** Points of one metric. */
export interface SeriesColumns {
  readonly timeNs: Float64Array;
  readonly value: Float64Array;
}

/** Packets that arrived at nodes, by node and bin: `count[node * bins + bin]`. */
export interface Density {
  readonly startNs: number;
  readonly binNs: number;
  readonly bins: number;
  readonly count: Float64Array;
  /** Lost on the way to the node. */
  readonly drops: Float64Array;
}

/** State of all machines: for each node its number, and pairs of machine and state. */
export type WorldStates = readonly (readonly [number, readonly (readonly [string, string])[]])[];

/** Packets of a track, as fine as `binsMax` allows. */
export interface BinWindow {
  readonly link?: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly binsMax?: number;
}

/** An interval of time, ns; `from <= t < to`. */
export interface Window {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Every question with its answer. */
export interface TraceQuestions {
  /**
   * Packets that were under way at some time in the window; at most `rowsMax`, thinned by packet.
   */
  hops(window: Window & { readonly rowsMax?: number }): HopColumns;
  /** Every hop of one packet in chronological order; searched within the window. */
  hopsOfPacket(window: Window & { readonly packet: number }): HopColumns;
  /** Changes of rates and delays in the window, in the order of time. */
  paces(window: Window): readonly PaceRow[];
  drops(window: Window): readonly DropRow[];
  marks(window: Window): readonly MarkRow[];
  spans(window: Window): readonly SpanRow[];
  bins(window: BinWindow): readonly BinRow[];
  /** Arrivals at each node, from the pyramid; in at most `binsMax` bins if it is coarse enough. */
  density(window: Window & { readonly binsMax?: number }): Density;
  /** Points of a metric of {@link TraceInfo.metrics}, the whole run. */
  series(metric: { readonly name: string }): SeriesColumns;
  stateAt(at: { readonly timeNs: number }): WorldStates;
  /** Every change of a state in the window, in the order of time. */
  changes(window: Window): readonly StateRow[];
  /**
   * The nearest instant at which anything happened, before or after the cursor; undefined at either
   * end.
   */
  neighbour(of: {
    readonly timeNs: number;
    readonly direction: 'before' | 'after';
  }): number | undefined;
  /** Where the packets with stored bytes set out. */
  trails(all: Readonly<Record<string, never>>): readonly Passage[];
  /** Where the bytes of a packet, and of packets made from it, were stored; empty if nowhere. */
  passages(of: { readonly packet: number }): readonly Passage[];
}

/** Name of a question. */
export type QuestionName = keyof TraceQuestions;
/** What a question is asked with. */
export type Asked<Q extends QuestionName> = Parameters<TraceQuestions[Q]>[0];
/** What comes back. */
export type Answer<Q extends QuestionName> = ReturnType<TraceQuestions[Q]>;
