/**
 * Repeats a message with waits that double up to a limit. There is no randomness: it does not
 * matter when both sides repeat in step, because key order decides between openings that cross.
 *
 * @module
 */
import { BackOff } from '../_kit/back-off.ts';
import { HANDSHAKE_RETRY_NS, HANDSHAKE_RETRY_NS_MAX } from './geometry.ts';

/** The clock of one repeated message. */
export class Backoff {
  /** When to send next, ns; Infinity if nothing is to be repeated. */
  dueNs: number = Number.POSITIVE_INFINITY;
  /** Transmissions since the start or {@link Backoff.renew}. */
  sendings = 0;
  /** When the message was last sent, ns. */
  lastNs = 0;
  readonly #waits = new BackOff({ firstNs: HANDSHAKE_RETRY_NS, mostNs: HANDSHAKE_RETRY_NS_MAX });

  /** True between start and stop. */
  get isRunning(): boolean {
    return this.dueNs !== Number.POSITIVE_INFINITY;
  }

  /** Starts with the shortest wait; due immediately. */
  start(nowNs: number): void {
    this.dueNs = nowNs;
    this.sendings = 0;
    this.#waits.reset();
  }

  /** The message was sent, or could not be: waits, twice as long the next time. */
  sent(nowNs: number): void {
    this.sendings++;
    this.lastNs = nowNs;
    this.dueNs = nowNs + this.#waits.next();
  }

  /**
   * Used if there is no message yet: tries again after the first wait, without counting an attempt.
   */
  postpone(nowNs: number): void {
    this.dueNs = nowNs + HANDSHAKE_RETRY_NS;
  }

  /** A new message replaces the repeated one; the wait keeps its length. */
  renew(): void {
    this.sendings = 0;
  }

  /** Ends the repetition. */
  stop(): void {
    this.dueNs = Number.POSITIVE_INFINITY;
  }
}
