/**
 * What must hold of a protocol whatever happens to its network; `orrery hunt` looks for faults that
 * break it (docs/spec/hunt.md).
 *
 * @module
 */

/** Limits on metrics as a scenario writes them: metric, aggregation, limit, such as `== 0`. */
export type MustLimits = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What a protocol keeps whatever happens to its network: crashes, losses, delays, forgeries. The nodes crash, links
 * lose, alter and delay packets, outsiders send forgeries.
 */
export interface Must {
  /** Limits that hold at every instant. */
  readonly always: MustLimits;
  /** Limits on what begins once there has been no fault for {@link withinSeconds}. */
  readonly recover: MustLimits;
  /** Longest time that the nodes take to recover from the last fault, s. */
  readonly withinSeconds: number;
  /**
   * Error of a node's calendar clock with which all this holds, s: a hunt leaves one clock wrong by up to this. Absent: 0,
   * every clock is right again when the last fault is over.
   */
  readonly clockErrorSeconds?: number;
  /** Options that a hunt may change, by their paths, and values for which all this holds, as a file writes them. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
}
