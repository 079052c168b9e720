/**
 * Streams whose far end has not proved its identity yet. Their number is limited, and a new stream beyond the limit
 * ends the oldest one. So an attacker that opens streams and says nothing keeps nobody out, and ends no stream of a
 * known peer.
 *
 * @module
 */

/**
 * Default of the largest number of unidentified streams (our choice; no RFC gives one): at 25 new streams a second,
 * each has 2.5 s to prove its identity.
 */
const NEWCOMERS_MAX = 64;

/** The streams whose far ends have not proved their identity yet. */
export class UnidentifiedStreams<T> {
  readonly #end: (one: T) => void;
  readonly #most: number;
  /** The streams, oldest first. */
  readonly #open = new Set<T>();

  /** @param end Called to end the oldest stream when there are too many. */
  constructor(end: (one: T) => void, most: number = NEWCOMERS_MAX) {
    this.#end = end;
    this.#most = most;
  }

  has(one: T): boolean {
    return this.#open.has(one);
  }

  add(one: T): void {
    this.#open.add(one);
    const [oldest] = this.#open;
    if (this.#open.size <= this.#most || oldest === undefined) return;
    this.#open.delete(oldest);
    this.#end(oldest);
  }

  /** Forgets a stream whose far end has proved its identity, or that has ended. */
  delete(one: T): void {
    this.#open.delete(one);
  }
}
