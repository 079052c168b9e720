/**
 * Streams whose far end has proved nothing yet. So many may be open; another one ends the oldest. Who
 * opens streams and says nothing therefore keeps nobody out, and ends no stream of somebody known.
 *
 * @module
 */

/**
 * Streams of strangers by default (ours): at 25 new ones a second, each has 2.5 s to say who it is.
 */
const NEWCOMERS_MAX = 64;

/** See the module. */
export class Newcomers<T> {
  readonly #end: (one: T) => void;
  readonly #most: number;
  /** Oldest first. */
  readonly #open = new Set<T>();

  /** @param end Ends one for which there is no room. */
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

  /** It has said who it is, or has ended. */
  delete(one: T): void {
    this.#open.delete(one);
  }
}
