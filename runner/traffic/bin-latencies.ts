/**
 * Computes the p95 of the latencies in each bin of a series.
 *
 * For narrow bins all values are kept, and the p95 is exact; wide bins can have millions of packets, so
 * a histogram is kept.
 *
 * @module
 */
import { histogramQuantile, LogHistogram } from '../../engine/measure/histogram.ts';

const P95 = 0.95;

/** The p95 latencies of one flow, bin by bin. */
export class BinLatencyP95 {
  readonly p95: (number | null)[] = [];
  readonly #histogram: LogHistogram | undefined;
  #values: number[] = [];
  #index = 0;

  /** @param kind `exact` keeps all values of the present bin. */
  constructor(kind: 'exact' | 'histogram') {
    this.#histogram = kind === 'exact' ? undefined : new LogHistogram();
  }

  // hot: once per packet of an application.
  /** Records a packet that arrived in a bin; the number of the bin must not decrease. */
  note(bin: number, latencyNs: number): void {
    if (bin !== this.#index) this.#closeFor(bin);
    if (this.#histogram === undefined) this.#values.push(latencyNs);
    else this.#histogram.record(latencyNs);
  }

  /** Completes the present bin and adds its p95. */
  close(): void {
    this.#closeFor(this.#index + 1);
  }

  #closeFor(next: number): void {
    const value = this.#take();
    while (this.p95.length < this.#index) this.p95.push(null);
    this.p95[this.#index] = value;
    this.#index = next;
  }

  #take(): number | null {
    const histogram = this.#histogram;
    if (histogram === undefined) {
      const values = this.#values.sort((a, b) => a - b);
      this.#values = [];
      return values[Math.ceil(values.length * P95) - 1] ?? null;
    }
    const data = histogram.data();
    histogram.reset();
    return data.count === 0 ? null : histogramQuantile(data, P95);
  }
}
