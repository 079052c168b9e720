/**
 * The round trip of one way (RFC 9002 section 5).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { ACK_DELAY_NS } from './received.ts';

const GRANULARITY_NS = 1_000_000; // RFC 9002 section 6.1.2
const LEAST_FILTER_NS = 10_000_000_000;

/** Smoothed round trip, its variation and the least of late; nanoseconds. */
export class RoundTrip {
  smoothedNs: number | undefined;
  latestNs = 0;
  #variationNs = 0;
  #leastNs = Number.POSITIVE_INFINITY;
  #olderNs = Number.POSITIVE_INFINITY;
  #since: Nanoseconds = 0;

  /** The least of the last 10 to 20 s (or of ten round trips, if those are longer). */
  get leastNs(): number | undefined {
    return this.smoothedNs === undefined ? undefined : Math.min(this.#leastNs, this.#olderNs);
  }

  /** @returns true when the least is stale, so that the window must drain to see it again. */
  sample(now: Nanoseconds, latestNs: number, delayNs: number): boolean {
    this.latestNs = latestNs;
    const isStale = now - this.#since > Math.max(LEAST_FILTER_NS, 10 * (this.smoothedNs ?? 0));
    if (isStale) {
      this.#olderNs = this.#leastNs;
      this.#leastNs = latestNs;
      this.#since = now;
    }
    this.#leastNs = Math.min(this.#leastNs, latestNs);
    this.#smooth(Math.min(Math.max(0, delayNs), ACK_DELAY_NS));
    return isStale;
  }

  /** RFC 9002 section 6.2.1: the probe time-out without back-off; undefined without a sample. */
  get probeNs(): number | undefined {
    if (this.smoothedNs === undefined) return undefined;
    return this.smoothedNs + Math.max(4 * this.#variationNs, GRANULARITY_NS) + ACK_DELAY_NS;
  }

  /** RFC 9002 section 6.1.2, with `eighths` instead of 9 where packets overtake. */
  lossNs(eighths: number): number {
    const most = Math.max(this.smoothedNs ?? 0, this.latestNs);
    return Math.ceil(Math.max((most * eighths) / 8, GRANULARITY_NS));
  }

  /** RFC 9002 section 5.3. */
  #smooth(delayNs: number): void {
    const latest = this.latestNs;
    if (this.smoothedNs === undefined) {
      this.smoothedNs = latest;
      this.#variationNs = Math.round(latest / 2);
      return;
    }
    const least = this.leastNs ?? 0;
    const adjusted = latest >= least + delayNs ? latest - delayNs : latest;
    const deviation = Math.abs(this.smoothedNs - adjusted);
    this.#variationNs = Math.round((3 * this.#variationNs + deviation) / 4);
    this.smoothedNs = Math.round((7 * this.smoothedNs + adjusted) / 8);
  }
}
