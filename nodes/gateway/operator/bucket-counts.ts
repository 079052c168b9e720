/**
 * A distribution in buckets with fixed upper bounds, as Prometheus shows it.
 *
 * @module
 */

/** Counts of values, by bucket. */
export class BucketCounts {
  readonly bounds: readonly number[];
  /** One count for each bound, of values above the bound before it; the last is of values above all bounds. */
  readonly counts: number[];
  sum = 0;

  /** @param bounds Upper bounds, ascending; a value that equals a bound is in its bucket. */
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
