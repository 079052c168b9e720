/**
 * A value that can be watched. Watchers are called once per change, in the order in which they were
 * added, and removed by an abort signal.
 *
 * @module
 */

/** A value that can be read and watched. */
export interface Watchable<T> {
  readonly value: T;
  /** Calls `tell` immediately and after every change, until the signal aborts. */
  watch(signal: AbortSignal, tell: (value: T) => void): void;
}

/** A watchable value that can also be set. */
export class Observable<T> implements Watchable<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const tell of [...this.#watchers]) tell(value);
  }

  watch(signal: AbortSignal, tell: (value: T) => void): void {
    if (signal.aborted) return;
    this.#watchers.add(tell);
    signal.addEventListener('abort', () => this.#watchers.delete(tell), { once: true });
    tell(this.#value);
  }
}
