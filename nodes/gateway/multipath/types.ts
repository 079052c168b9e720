/**
 * Words shared by the multipath controllers: what they know of a path, what they are told, and what
 * they ask for. A controller is pure: time and events in, effects out; it touches no port.
 *
 * Sources: spec/scion.md 7.3 (recommended algorithm), spec/seed-systems.md 2.6 (what to keep).
 *
 * @module
 */

/** A path to the peer, as found by path look-up. */
export interface PathInfo {
  /** Stable identity: the path's fingerprint in hex. */
  readonly id: string;
  /** Links in order, e.g. `1-ff00:0:111#1>1-ff00:0:110#2`, for disjointness. */
  readonly links: readonly string[];
  /** ASes between source and destination AS, and first and last routers (spec/scion.md 7.4). */
  readonly transit: readonly string[];
  /** Number of interfaces on the path. */
  readonly hops: number;
  /** Largest SCION packet, bytes. */
  readonly mtu: number;
  /** Instant of the run at which the hop fields expire, ns. */
  readonly expiresAt: number;
  /** Bandwidth announced for the path, bit/s; 0 when unknown. */
  readonly bandwidthBps: number;
}

/**
 * Health of a path.
 * - `unknown`: no probe answered so far
 * - `alive`: answers
 * - `degraded`: answers, but slower or lossier than the thresholds allow
 * - `dead`: does not answer
 * - `probation`: was dead and answers again; needs a run of answers before it is alive
 */
export type PathHealth = 'unknown' | 'alive' | 'degraded' | 'dead' | 'probation';

/** What a path is used for; probes follow the role. */
export type PathRole = 'active' | 'standby' | 'warm' | 'cold';

/** Why a path was left. */
export type SwitchCause =
  | 'probe-loss'
  | 'report-loss'
  | 'scmp'
  | 'rtt'
  | 'loss'
  | 'expiry'
  | 'better'
  | 'start'
  | 'vanished';

/** What a controller asks for. */
export type Effect =
  | { readonly kind: 'probe'; readonly path: number; readonly probe: number }
  | {
      readonly kind: 'switch';
      /** Undefined at the first choice. */
      readonly from: number | undefined;
      readonly to: number;
      readonly cause: SwitchCause;
      /** True when a fault caused it, false for planned changes. */
      readonly isFault: boolean;
    }
  | { readonly kind: 'health'; readonly path: number; readonly health: PathHealth }
  | { readonly kind: 'refresh' };

/** A receiver's report on the data frames that reached it. */
export interface ReceiverReport {
  /** Highest data sequence received. */
  readonly highest: number;
  /** Data frames received since the start of the epoch. */
  readonly count: number;
}

/** Preferences of a session for paths; absent fields do not matter. */
export interface PathPreferences {
  readonly maxRttNs?: number;
  readonly minBandwidthBps?: number;
  readonly maxHops?: number;
  readonly avoidAs?: readonly string[];
  readonly preferAs?: readonly string[];
  /** Weights 0..1 that favour the property over the others. */
  readonly favour?: 'latency' | 'bandwidth' | 'stability';
}

/** Parameters of a controller; durations in ns. */
export interface MultipathOptions {
  readonly probeIntervalNs: number;
  readonly warmIntervalNs: number;
  readonly coldIntervalNs: number;
  /** Unanswered probes in a row that make a path dead. */
  readonly misses: number;
  /** Added to srtt + 4 rttvar for a probe's time-out. */
  readonly timeoutMarginNs: number;
  /** Smallest time-out of a probe; live mode needs 25 ms against scheduling noise. */
  readonly timeoutFloorNs: number;
  /** Receiver reports while data flows. */
  readonly reports: boolean;
  readonly reportIntervalNs: number;
  readonly reportMisses: number;
  /** Leave a path whose RTT exceeds this many times its own baseline. */
  readonly rttFactor: number;
  /** Leave a path whose loss over the last 100 probes exceeds this. */
  readonly lossThreshold: number;
  /** With fewer paths that are not dead, paths are looked up every second. */
  readonly minPaths: number;
  readonly maxPaths: number;
  /** Probability per refresh to measure a path that is not in use. */
  readonly exploration: number;
  /** EWMA factor of the RTT. */
  readonly smoothing: number;
  readonly refreshIntervalNs: number;
  /** First hold time H0 before a planned return. */
  readonly holdNs: number;
  readonly preferences: PathPreferences;
}

/** What a status page shows of a path. */
export interface PathStatus {
  readonly id: string;
  readonly role: PathRole;
  readonly health: PathHealth;
  /** Smoothed RTT, ns; -1 when never measured. */
  readonly rttNs: number;
  readonly jitterNs: number;
  readonly loss: number;
  readonly stability: number;
  readonly bandwidthBps: number;
  /** Age of the last answer, ns; -1 when never measured. */
  readonly measuredAgoNs: number;
}

/** That an interface is down; the path dies when it misses an answer as well. */
export interface Accusation {
  readonly isdAs: string;
  readonly ifId: number;
  /** The one path that is accused; all that cross the interface when absent. */
  readonly path?: string;
  /** True when an answer that was missed before counts, too. */
  readonly countsEarlierMisses: boolean;
}

/** The face that the gateway drives; `orrery` and `reference` rules implement it. */
export interface PathController {
  /** Index of the path in use, or -1. Read per packet. */
  readonly active: number;
  /** Replaces the list of paths; paths that stay keep their history. */
  setPaths(now: number, paths: readonly PathInfo[]): readonly Effect[];
  /** The path at an index of the effects. */
  path(index: number): PathInfo;
  /** Earliest instant at which {@link tick} must be called. */
  deadline(): number;
  tick(now: number): readonly Effect[];
  /** An answer to probe `probe` came back on the path it was sent on. */
  answered(now: number, path: number, probe: number): readonly Effect[];
  /** Data left on the active path, highest sequence so far. True when the deadline moved closer. */
  sent(now: number, sequence: number): boolean;
  reported(now: number, report: ReceiverReport): readonly Effect[];
  /** Base round trip of the path in use, ns; -1 when it was never measured. */
  readonly baseRttNs: number;
  /** A router said that an interface is down (SCMP 5 or 6), and is believed so far. */
  interfaceDown(now: number, accusation: Accusation): readonly Effect[];
  /** There are fresh keys: the peer is there, and paths may work that seemed dead without it. */
  peerReturned(now: number): readonly Effect[];
  status(now: number): readonly PathStatus[];
}
