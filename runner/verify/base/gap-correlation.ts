/**
 * Correlation of neighbouring gaps of a point process, in one pass.
 *
 * @module
 */

/** The correlation of neighbouring gaps between instants, which are added in order. */
export class GapCorrelation {
  private last = Number.NaN;
  private previous = Number.NaN;
  private n = 0;
  private sumX = 0;
  private sumY = 0;
  private sumXX = 0;
  private sumYY = 0;
  private sumXY = 0;

  /** Adds an event at `now`, ns. */
  at(now: number): void {
    // The gap is scaled to about 1, so that sums of its squares keep their precision.
    const gap = (now - this.last) / 1e6;
    this.last = now;
    const { previous } = this;
    this.previous = gap;
    if (Number.isNaN(previous)) return;
    this.n += 1;
    this.sumX += previous;
    this.sumY += gap;
    this.sumXX += previous * previous;
    this.sumYY += gap * gap;
    this.sumXY += previous * gap;
  }

  /** Pearson's correlation of each gap with the next one. */
  lagOne(): number {
    const { n, sumX, sumY, sumXX, sumYY, sumXY } = this;
    const covariance = sumXY - (sumX * sumY) / n;
    const spread = (sumXX - (sumX * sumX) / n) * (sumYY - (sumY * sumY) / n);
    return covariance / Math.sqrt(spread);
  }
}
