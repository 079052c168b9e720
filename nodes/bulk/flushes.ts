/**
 * Bulk: questions when the peer will have everything that was accepted before them.
 *
 * @module
 */
import { PENDING_FLUSHES_MAX } from './geometry.ts';

/** Receives the answer, as the asker of a request does. */
export interface FlushRequest {
  more(body: Uint8Array): 'ok' | 'full';
  onCancel(handler: () => void): void;
  respond(outcome: string): void;
}

interface Flush {
  readonly request: FlushRequest;
  /** The last packet that has to be confirmed. */
  readonly upTo: number;
  /** Packets that were left when the asker last heard of them. */
  told: number;
}

/** The open questions about one peer. */
export class PendingFlushes {
  readonly #open = new Set<Flush>();

  /** @param upTo Number of the last accepted packet. @param confirmed Of the last confirmed one. */
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

  /** The peer has all packets up to this number. */
  confirmed(number: number): void {
    for (const flush of this.#open) this.#tell(flush, number);
  }

  /** A part is the number of packets left; an asker without room hears the next number instead. */
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
