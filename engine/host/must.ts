/**
 * Promises of a protocol that must hold whatever happens to its network; `orrery hunt` looks for faults that
 * break them (docs/spec/hunt.md).
 *
 * @module
 */

/** Limits on metrics as a scenario writes them: metric name, then aggregation, then a limit such as `== 0`. */
export type MustLimits = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The promises that a protocol keeps whatever happens to its network: nodes crash, links lose, alter and delay packets,
 * and outsiders send forgeries.
 */
export interface Must {
  /** Limits that must hold at every instant of a run. */
  readonly always: MustLimits;
  /** Limits on metrics of packets and requests that begin when there has been no fault for {@link withinSeconds}. */
  readonly recover: MustLimits;
  /** Longest time that the nodes take to recover from the last fault, s. */
  readonly withinSeconds: number;
  /**
   * Largest error of a node's calendar clock with which all limits hold, s: a hunt leaves one clock wrong by up to this
   * much. Default 0: every clock is right again when the last fault is over.
   */
  readonly clockErrorSeconds?: number;
  /**
   * Rates of forgeries per second that the nodes withstand for any length of time, by kind
   * (`Protocol.forgeries`): a hunt lets one flood of at most this rate go on. Default: none.
   */
  readonly floodRates?: Readonly<Record<string, number>>;
  /** Options that a hunt may change, by path, with the values for which all limits hold, as a file writes them. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
}
