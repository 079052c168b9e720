/**
 * Counts the data frames received from a peer, for reports to that peer.
 *
 * Sequences restart with each epoch, so the highest one is always that of the newest epoch: a high
 * number from an old epoch would tell the peer that lost frames arrived. It only counts; the
 * reporter decides when to report.
 *
 * @module
 */

/** Counts the data frames of one peer. */
export class ReceivedDataFrameCounter {
  /** Highest sequence number of a data frame in the newest epoch; -1 before the first frame. */
  highest = -1;
  /** Number of data frames since the start, over all epochs. */
  frames = 0;
  #epoch = 0;
  #unreported = 0;

  /** Counts one accepted data frame. */
  // hot: once per data frame.
  note(epoch: number, sequence: number): void {
    this.frames += 1;
    this.#unreported += 1;
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.highest = sequence;
    } else if (epoch === this.#epoch && sequence > this.highest) this.highest = sequence;
  }

  /** True if frames have arrived since the last call, so that a report is due. */
  takeNews(): boolean {
    const hasNews = this.#unreported > 0;
    this.#unreported = 0;
    return hasNews;
  }
}
