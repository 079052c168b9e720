/**
 * What a gateway knows of the data frames that a peer's frames brought it, for reports to that peer.
 *
 * Sequences restart with each epoch, so the highest one is that of the newest epoch only: a high
 * number of an old epoch would tell the peer that frames arrived which are lost. Numbers only; when
 * to report is the peer's business.
 *
 * @module
 */

/** Tally of one peer. */
export class ReceivedData {
  /** Highest data sequence of the newest epoch, -1 before the first. */
  highest = -1;
  /** Data frames since the start, all epochs. */
  frames = 0;
  #epoch = 0;
  #unreported = 0;

  /** Notes one accepted data frame. */
  // hot: once per data frame.
  note(epoch: number, sequence: number): void {
    this.frames += 1;
    this.#unreported += 1;
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.highest = sequence;
    } else if (epoch === this.#epoch && sequence > this.highest) this.highest = sequence;
  }

  /** True when there were frames since the last call: a report is due. */
  takeNews(): boolean {
    const hasNews = this.#unreported > 0;
    this.#unreported = 0;
    return hasNews;
  }
}
