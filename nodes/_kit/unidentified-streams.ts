/**
 * Streams whose far end has not proved yet who it is. Their number is limited, and a new one ends the
 * oldest: who opens streams and says nothing keeps nobody out, and ends no stream of a known peer.
 *
 * @module
 */

/**
 * Most such streams by default (ours): at 25 new ones a second, each has 2.5 s to say who it is.
 */
const NEWCOMERS_MAX = 64;

/** The streams of far ends that are not known yet. */
export class UnidentifiedStreams<T> {
  readonly #end: (one: T) => void;
  readonly #most: number;
  /** Oldest first. */
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

  /** Forgets a stream whose far end has said who it is, or that has ended. */
  delete(one: T): void {
    this.#open.delete(one);
  }
}
