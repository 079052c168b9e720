/**
 * Types shared by the multipath controllers: what they know about a path, the events they take, and
 * the effects they ask for. A controller is pure: time and events in, effects out; it calls no
 * host.
 *
 * The algorithm is described in docs/spec/multipath.md.
 *
 * @module
 */

/** A path to the peer as returned by a path lookup. */
export interface PathInfo {
  /** Stable identity: the path's fingerprint in hex. */
  readonly id: string;
  /** Links in order, e.g. `1-ff00:0:111#1>1-ff00:0:110#2`, for disjointness. */
  readonly links: readonly string[];
  /** The ASes between source and destination AS, and the first and last routers. */
  readonly transit: readonly string[];
  /** Number of interfaces on the path. */
  readonly hops: number;
  /** Largest SCION packet, bytes. */
  readonly mtu: number;
  /** Instant of the run at which the hop fields expire, ns. */
  readonly expiresAt: number;
  /** Announced bandwidth of the path, bit/s; 0 when unknown, as where control services discover paths. */
  readonly bandwidthBps: number;
}

/**
 * Health of a path.
 * - `unknown`: no probe answered yet
 * - `alive`: answers
 * - `degraded`: answers, but slower or with more loss than the thresholds allow
 * - `dead`: does not answer
 * - `probation`: was dead and answers again; needs several consecutive answers to become alive
 */
export type PathHealth = 'unknown' | 'alive' | 'degraded' | 'dead' | 'probation';

/** How a path is used, which determines its probe interval. */
export type PathRole = 'active' | 'standby' | 'warm' | 'cold';

/** Why a path is no longer used. */
const SWITCH_CAUSES = [
  'probe-loss',
  'report-loss',
  'scmp',
  'rtt',
  'loss',
  'queue',
  'expiry',
  'better',
  'start',
  'vanished',
] as const;
/** Why a path is no longer used. */
export type SwitchCause = (typeof SWITCH_CAUSES)[number];

/** Why a path is not in use, in addition to {@link SWITCH_CAUSES}. */
const OBJECTIONS = [
  'unanswered',
  'probation',
  'flapping',
  'crowded',
  'few-answers',
  'not-better',
  'max-rtt',
  'min-bandwidth',
  'max-hops',
  'avoid-as',
] as const;
/**
 * Why a path is in use, or is not. In use: the cause of the switch to it. Otherwise `start` if the first choice waits,
 * and `better` if the path is the better one, but not yet for the whole hold time.
 */
export const PATH_REASONS = [...SWITCH_CAUSES, ...OBJECTIONS] as const;
/** One of {@link PATH_REASONS}. */
export type PathReason = (typeof PATH_REASONS)[number];

/** The facts about a path, with the reason why it is in use or is not. */
export interface ExplainedPath extends PathStatus {
  /** Number of interfaces on the path. */
  readonly hops: number;
  /** Largest SCION packet, bytes. */
  readonly mtu: number;
  /** Instant of the run at which the hop fields expire, ns. */
  readonly expiresAt: number;
  /** Shortest round trip of the 10 s before the last answer, ns; -1 when never measured. */
  readonly baseRttNs: number;
  /**
   * By how much the queue of the path in use has grown since the last group of answers, ns; 0 if it
   * has not grown, or is not watched.
   */
  readonly queueGrowthNs: number;
  readonly reason: PathReason;
}

/** An action that a controller requests. */
export type ControllerEffect =
  | {
      readonly kind: 'probe';
      readonly path: number;
      readonly probe: number;
      /**
       * Size of the datagram to which the probe is padded, bytes; absent for a probe without
       * padding.
       */
      readonly bytes?: number;
    }
  /** From now on, datagrams on a path may be as long as `bytes`. */
  | { readonly kind: 'mtu'; readonly path: number; readonly bytes: number }
  | {
      readonly kind: 'switch';
      /** The previous path; undefined at the first choice. */
      readonly from: number | undefined;
      readonly to: number;
      readonly cause: SwitchCause;
      /** True when a fault caused the switch, false for planned changes. */
      readonly isFault: boolean;
    }
  | { readonly kind: 'health'; readonly path: number; readonly health: PathHealth }
  | { readonly kind: 'refresh' };

/** A receiver's report on the data frames it got. */
export interface ReceiverReport {
  /** The highest data sequence number that was received. */
  readonly highest: number;
  /** Data frames received since the start of the epoch. */
  readonly count: number;
}

/** Path preferences of a session; absent fields do not matter. */
export interface PathPreferences {
  readonly maxRttNs?: number;
  readonly minBandwidthBps?: number;
  readonly maxHops?: number;
  readonly avoidAs?: readonly string[];
  readonly preferAs?: readonly string[];
  /** The property that has more weight than the others in the score. */
  readonly favour?: 'latency' | 'bandwidth' | 'stability';
}

/** Parameters of a controller; durations in ns. */
export interface MultipathOptions {
  readonly probeIntervalNs: number;
  readonly warmIntervalNs: number;
  readonly coldIntervalNs: number;
  /** Number of consecutive unanswered probes after which a path is dead. */
  readonly misses: number;
  /** The time-out of a probe is srtt + 4 rttvar + this margin. */
  readonly timeoutMarginNs: number;
  /** Smallest time-out of a probe; live mode needs 25 ms against scheduling noise. */
  readonly timeoutFloorNs: number;
  /** Whether the receiver reports while data flows. */
  readonly reports: boolean;
  readonly reportIntervalNs: number;
  readonly reportMisses: number;
  /** A path is left if its RTT exceeds its own baseline by this factor. */
  readonly rttFactor: number;
  /** A path is left if its loss over the last 100 probes exceeds this share. */
  readonly lossThreshold: number;
  /** A path in use is left if its queueing delay grows beyond this; Infinity for never. */
  readonly queueDelayNs: number;
  /** It is left after a random time of at most this, below 2^32. */
  readonly queueWaitNs: number;
  /** With fewer live paths than this, paths are looked up every second. */
  readonly minPaths: number;
  readonly maxPaths: number;
  /** Probability, per refresh, of measuring a path that is not in use. */
  readonly exploration: number;
  /** Smoothing factor of the moving average (EWMA) of the RTT. */
  readonly smoothing: number;
  readonly refreshIntervalNs: number;
  /** First hold time H0 before a planned return. */
  readonly holdNs: number;
  readonly preferences: PathPreferences;
}

/** The facts about a path on a status page. */
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
  /** True if an SCMP message reported an interface of the path down, and nothing has arrived on the path since. */
  readonly isAccused: boolean;
}

/** A report that an interface is down; unless the report is proven, a path dies only if it also misses an answer. */
export interface InterfaceDownAccusation {
  readonly isdAs: string;
  readonly ifId: number;
  /** The accused path; when absent, all paths that cross the interface. */
  readonly path?: string;
  /** True when an answer that was missed before the message came counts, too. */
  readonly countsEarlierMisses: boolean;
  /** True if the AS of the interface signed the message. */
  readonly isProven: boolean;
}

/** The interface to the multipath rules; implemented by the `orrery` and the `reference` rules. */
export interface PathController {
  /** Index of the path in use, or -1. Read for each packet. */
  readonly active: number;
  /** Replaces the list of paths; paths that remain keep their history. */
  setPaths(now: number, paths: readonly PathInfo[]): readonly ControllerEffect[];
  /** The path at an index used in effects. */
  path(index: number): PathInfo;
  /** Earliest instant at which {@link tick} must be called. */
  deadline(): number;
  tick(now: number): readonly ControllerEffect[];
  /** Called when an answer to probe `probe` arrived on the path it was sent on. */
  answered(now: number, path: number, probe: number): readonly ControllerEffect[];
  /**
   * Called when data left on the active path; `sequence` is the highest so far.
   * @returns true if the deadline became earlier.
   */
  sent(now: number, sequence: number): boolean;
  reported(now: number, report: ReceiverReport): readonly ControllerEffect[];
  /** Base round trip of the path in use, ns; -1 when it was never measured. */
  readonly baseRttNs: number;
  /**
   * True if all paths have been silent for so long that what is sent now is more likely lost, although none of
   * them has been given up.
   */
  isSilent(now: number): boolean;
  /** Called when a router reported an interface down (SCMP type 5 or 6), and the report passed the policy. */
  interfaceDown(now: number, accusation: InterfaceDownAccusation): readonly ControllerEffect[];
  /**
   * Called when new keys were agreed: the peer can be reached, so paths that seemed dead may work.
   */
  peerReturned(now: number): readonly ControllerEffect[];
  status(now: number): readonly PathStatus[];
  /** The facts about all paths, with the reason why each is in use or is not; for people. */
  explain(now: number): readonly ExplainedPath[];
  /**
   * The part of {@link explain} about the path in use, which applications get with each packet;
   * undefined if no path is in use.
   */
  explainActive(now: number): ExplainedPath | undefined;
}
