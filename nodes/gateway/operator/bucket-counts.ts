/**
 * A distribution in buckets with fixed upper bounds, as Prometheus shows it.
 *
 * @module
 */

/** Counts of values, by bucket. */
export class BucketCounts {
  readonly bounds: readonly number[];
  /**
   * The counts: for each bound, the number of values up to this bound and above the bound before
   * it; at the end, the number of values above all bounds.
   */
  readonly counts: number[];
  sum = 0;

  /**
   * @param bounds Upper bounds, ascending; a value that equals a bound counts in the bucket of this
   * bound.
   */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = [...bounds.map(() => 0), 0];
  }

  record(value: number): void {
    let index = 0;
    while (value > (this.bounds[index] ?? Number.POSITIVE_INFINITY)) index += 1;
    this.counts[index] = (this.counts[index] as number) + 1;
    this.sum += value;
  }
}
