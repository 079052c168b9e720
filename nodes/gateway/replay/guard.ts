/**
 * What every replay window offers to a session: ours, the persistent one around it, and the two
 * defective test doubles (spec/scion.md 6.1). Types only.
 *
 * @module
 */

/**
 * What a window says of a sequence number. `fresh` is acceptance. `future` is said only by windows
 * that bound jumps, which ours never does. `held` is said only by a persistent window: the
 * number is fresh, but the bound that covers it is not durable yet, so that the packet must wait.
 */
export type ReplayVerdict = 'fresh' | 'replay' | 'expired' | 'future' | 'held';

/** A replay window of one (peer, direction, epoch). Sequences are safe integers from 0. */
export interface ReplayGuard {
  /** Judges without a change. */
  check(sequence: number): ReplayVerdict;
  /** Judges, and on `fresh` remembers. Call it only after authentication. */
  accept(sequence: number): ReplayVerdict;
}
