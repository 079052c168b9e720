/**
 * Notices for readers of the verdict: each sentence once, and a bounded number of them, so that a node
 * that warns on every packet fills neither report nor memory.
 *
 * @module
 */

/** Largest number of sentences; further ones are only in the log. */
const NOTICES_MAX = 200;

/** Notices for readers of the verdict: each sentence once, and a bounded number of them. */
export class Notices {
  readonly #texts = new Set<string>();
  #leftOut = 0;

  add(text: string): void {
    if (this.#texts.has(text)) return;
    if (this.#texts.size < NOTICES_MAX) this.#texts.add(text);
    else this.#leftOut += 1;
  }

  addAll(texts: readonly string[]): void {
    for (const text of texts) this.add(text);
  }

  /** All notices in order of their first appearance; the last one says how many were left out. */
  get all(): readonly string[] {
    const more = this.#leftOut === 0 ? [] : [`${this.#leftOut} more warnings were left out`];
    return [...this.#texts, ...more];
  }
}
