/**
 * The interface of every replay window that a session may use: ours, its persistent form, and the
 * two defective test doubles. Types only.
 *
 * @module
 */

/**
 * A window's verdict on a sequence number. `fresh` means accepted. `future` comes only from windows
 * that limit jumps, which the window of this project does not. `held` comes only from a
 * persistent window: the number is fresh, but the stored limit that covers it is not durable yet,
 * so the packet must wait.
 */
export type ReplayVerdict = 'fresh' | 'replay' | 'expired' | 'future' | 'held';

/** A replay window of one (peer, direction, epoch). Sequences are safe integers from 0. */
export interface ReplayGuard {
  /** Gives the verdict without changing anything. */
  check(sequence: number): ReplayVerdict;
  /** Judges, and on `fresh` records the number. Call it only after authentication. */
  accept(sequence: number): ReplayVerdict;
}
