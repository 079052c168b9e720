/**
 * Bulk: when a machine writes its store: one write at a time; what is asked for meanwhile is
 * combined into the next one.
 *
 * @module
 */

/**
 * Decides when one machine writes its store: one write at a time; what is asked for meanwhile is
 * combined into the next write.
 */
export class SyncScheduler {
  #isBusy = false;
  #isAsked = false;

  /** True while a write is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /**
   * Asks for a write of everything up to now.
   * @returns true if it begins now.
   */
  ask(): boolean {
    const begins = !this.#isBusy;
    this.#isAsked = !begins;
    this.#isBusy = true;
    return begins;
  }

  /** Called when the write under way begins anew, and covers what was asked for meanwhile. */
  repeat(): void {
    this.#isAsked = false;
  }

  /**
   * Called when the write under way is complete.
   * @returns true if the next one begins now.
   */
  done(): boolean {
    this.#isBusy = this.#isAsked;
    this.#isAsked = false;
    return this.#isBusy;
  }
}
