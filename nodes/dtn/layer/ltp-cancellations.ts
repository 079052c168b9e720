/**
 * Cancellations of LTP sessions that the neighbour has not acknowledged (RFC 5326 sections 6.15,
 * 6.18): each is repeated a limited number of times, and a limited number is remembered.
 *
 * @module
 */
import type { LtpSharedContext } from './ltp-shared.ts';

interface Cancellation {
  readonly reason: number;
  repeats: number;
}

/**
 * The unacknowledged cancellations that this end has sent, either as sender or as receiver of
 * blocks.
 */
export class LtpCancellations {
  readonly #shared: LtpSharedContext;
  readonly #by: 'sender' | 'receiver';
  /** Cancellations that were not acknowledged yet, by session, oldest first. */
  readonly #open = new Map<number, Cancellation>();

  constructor(shared: LtpSharedContext, by: 'sender' | 'receiver') {
    this.#shared = shared;
    this.#by = by;
  }

  /** Sends the cancellation of a session; of too many, the oldest is no longer repeated. */
  add(session: number, reason: number): void {
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= this.#shared.facts.sessions) {
      this.#open.delete(oldest);
    }
    this.#open.set(session, { reason, repeats: 0 });
    this.#tell(session, reason);
  }

  /** True until the neighbour has acknowledged the cancellation, or it was repeated often enough. */
  has(session: number): boolean {
    return this.#open.has(session);
  }

  /** Called when the neighbour acknowledged a cancellation. */
  acknowledged(session: number): void {
    this.#open.delete(session);
  }

  /**
   * Called when no acknowledgement came in time: sends the cancellation again, or gives up after the
   * limit.
   */
  repeat(session: number): void {
    const cancellation = this.#open.get(session);
    if (cancellation === undefined) return;
    cancellation.repeats += 1;
    if (cancellation.repeats > this.#shared.facts.retries) this.#open.delete(session);
    else this.#tell(session, cancellation.reason);
  }

  #tell(session: number, reason: number): void {
    const { facts, tell } = this.#shared;
    const by = this.#by;
    const engine = by === 'sender' ? facts.ownEngine : facts.peerEngine;
    const content = { kind: 'cancel', by, reason } as const;
    tell({ engine, session, content }, { kind: 'cancel', by, session });
  }
}
