/**
 * Bulk: questions when the peer will have everything that was accepted before them.
 *
 * @module
 */
import { FLUSHES_MAX } from './geometry.ts';

/** Receives the answer, as the asker of a request does. */
export interface FlushAsker {
  more(body: Uint8Array): 'ok' | 'full';
  onCancel(handler: () => void): void;
  respond(outcome: string): void;
}

interface Flush {
  readonly request: FlushAsker;
  /** The last packet that has to be confirmed. */
  readonly upTo: number;
  /** Packets that were left when the asker last heard of them. */
  told: number;
}

/** The open questions about one peer. */
export class Flushes {
  readonly #open = new Set<Flush>();

  /** @param upTo Number of the last accepted packet. @param confirmed Of the last confirmed one. */
  add(request: FlushAsker, upTo: number, confirmed: number): void {
    if (this.#open.size === FLUSHES_MAX) {
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
