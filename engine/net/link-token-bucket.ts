/**
 * The token bucket of a link, by virtual scheduling: one instant instead of refill events
 * (docs/spec/link-model.md#queues-and-rate-limits; the generic cell rate algorithm of ITU-T I.371
 * in its virtual scheduling form).
 *
 * Starts with a full bucket. Holds no packets: the transmitter waits, or drops.
 *
 * There are two kinds of bucket: this one gives the instant at which a packet of any length
 * conforms, whereas nodes take one token at a time and want yes or no (nodes/_kit/token-bucket.ts).
 *
 * @module
 */
import type { TokenBucketSpec } from './link-spec.ts';

const NS_PER_S = 1_000_000_000;
const TAT = 0;
const REMAINDER = 1;

/** Decides when a packet conforms to rate and burst. */
export class LinkTokenBucket {
  readonly mode: 'shape' | 'police';
  private readonly rate: number;
  /** Time in which the rate refills the whole burst, ns. */
  private readonly tau: number;
  /**
   * Theoretical arrival time (ns) and carried remainder of its division; in a typed array, storing a double allocates
   * nothing.
   */
  private readonly state = new Float64Array(2);

  constructor(spec: TokenBucketSpec) {
    this.mode = spec.mode;
    this.rate = spec.rateBytesPerSecond;
    this.tau = Math.floor((spec.burstBytes * NS_PER_S) / spec.rateBytesPerSecond);
  }

  /** The first instant (ns) at which a packet of `bytes` conforms. */
  eligibleAt(bytes: number): number {
    return (this.state[TAT] as number) + this.cost(bytes) - this.tau;
  }

  /** Accounts for a packet that departs at `now`. */
  take(bytes: number, now: number): void {
    const amount = bytes * NS_PER_S + (this.state[REMAINDER] as number);
    const cost = this.cost(bytes);
    this.state[REMAINDER] = amount - cost * this.rate;
    this.state[TAT] = Math.max(this.state[TAT] as number, now) + cost;
  }

  private cost(bytes: number): number {
    const amount = bytes * NS_PER_S + (this.state[REMAINDER] as number);
    const cost = Math.floor(amount / this.rate);
    // The floating-point quotient may have been rounded up to the next integer
    // (docs/spec/link-model.md#serialisation-and-delay).
    return cost * this.rate > amount ? cost - 1 : cost;
  }
}
