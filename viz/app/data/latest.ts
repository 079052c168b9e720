/**
 * Sends one query at a time. Of the queries that arrive while another one is pending, only the
 * newest is sent afterwards, so that moving the time cursor stays smooth even if answers are slow.
 *
 * @module
 */

/** Sends queries one at a time. */
export class LatestQuerySender<A, R> {
  readonly #ask: (asked: A) => Promise<R>;
  readonly #tell: (answer: R, asked: A) => void;
  readonly #fail: (error: unknown) => void;
  #isBusy = false;
  #next: { readonly asked: A } | undefined;

  /**
   * @param ask Sends a query and returns its answer.
   * @param receiver Receives the results: `tell` each answer with its query, `fail` each error.
   */
  constructor(
    ask: (asked: A) => Promise<R>,
    receiver: {
      readonly tell: (answer: R, asked: A) => void;
      readonly fail: (error: unknown) => void;
    },
  ) {
    this.#ask = ask;
    this.#tell = receiver.tell;
    this.#fail = receiver.fail;
  }

  /**
   * Sends a query at once if none is pending. Otherwise the query waits, and replaces any query
   * that waited before.
   */
  want(asked: A): void {
    this.#next = { asked };
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#next !== undefined) {
      const { asked } = this.#next;
      this.#next = undefined;
      try {
        this.#tell(await this.#ask(asked), asked);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#isBusy = false;
  }
}
