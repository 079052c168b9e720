/**
 * Bulk: `flush` requests, each of which is answered when the peer has every packet that was accepted
 * before the request.
 *
 * @module
 */
import { PENDING_FLUSHES_MAX } from './geometry.ts';

/** The methods by which a `flush` request is answered. */
export interface FlushRequest {
  more(body: Uint8Array): 'ok' | 'full';
  onCancel(handler: () => void): void;
  respond(outcome: string): void;
}

interface Flush {
  readonly request: FlushRequest;
  /** The last packet that has to be confirmed. */
  readonly upTo: number;
  /** Number of unconfirmed packets that was last sent to the requester. */
  told: number;
}

/** The unanswered `flush` requests about one peer. */
export class PendingFlushes {
  readonly #open = new Set<Flush>();

  /**
   * Adds a request.
   * @param upTo Number of the last accepted packet.
   * @param confirmed Number of the last confirmed packet.
   */
  add(request: FlushRequest, upTo: number, confirmed: number): void {
    if (this.#open.size === PENDING_FLUSHES_MAX) {
      request.respond('busy');
      return;
    }
    const flush = { request, upTo, told: Number.POSITIVE_INFINITY };
    this.#open.add(flush);
    request.onCancel(() => this.#open.delete(flush));
    this.#tell(flush, confirmed);
  }

  /** Called when the peer has all packets up to this number. */
  confirmed(number: number): void {
    for (const flush of this.#open) this.#tell(flush, number);
  }

  /**
   * Answers the request if no packets are left; otherwise sends their number as a part of the answer. A
   * requester that has no room for it gets only a later number.
   */
  #tell(flush: Flush, confirmed: number): void {
    const { request, upTo, told } = flush;
    const left = upTo - confirmed;
    if (left <= 0) {
      this.#open.delete(flush);
      request.respond('ok');
    } else if (left < told && request.more(new TextEncoder().encode(`${left}\n`)) === 'ok') {
      flush.told = left;
    }
  }
}
