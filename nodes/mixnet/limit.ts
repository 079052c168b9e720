/**
 * Mixnet: the rate limit of a whole mix or provider, whoever sends. Each client's own
 * bucket at its provider is `rateLimit`.
 *
 * With shaping, packets wait for their turn in addition to their delay; without it, packets beyond
 * the burst are dropped before anything is computed for them.
 *
 * @module
 */
import { z } from 'zod';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { TokenBucket } from '../_kit/token-bucket.ts';
import { meanIntervalNsSchema } from './client/index.ts';

/** Published default: 25,000 packets/s, as ns between packets. */
const INTERVAL_NS_DEFAULT = 40_000;
/** Published default: burst in packets. */
const BURST_DEFAULT = 1_000;

/** Schema of the options of the rate limit of a mix or provider. */
export const nodeRateLimitConfig = z.strictObject({
  /** Packets in the long run, as a rate or the mean time between two. */
  rate: meanIntervalNsSchema()
    .refine((ns) => ns > 0, { message: 'is not a rate that lets anything through' })
    .default(INTERVAL_NS_DEFAULT),
  /** Number of packets that may arrive together. */
  burst: z.int().min(1).max(9_000_000).default(BURST_DEFAULT),
  /** True: packets beyond the burst wait; false: they are dropped. */
  shaping: z.boolean().default(true),
});

/** The checked options of the rate limit of a mix or provider. */
export type NodeRateLimitOptions = z.output<typeof nodeRateLimitConfig>;

/** A token bucket for all packets of one mix or provider. */
export class NodeRateLimiter {
  readonly #bucket: TokenBucket;
  readonly #isShaping: boolean;

  constructor({ rate: tokenNs, burst, shaping }: NodeRateLimitOptions) {
    this.#bucket = new TokenBucket(burst);
    this.#bucket.setInterval(tokenNs);
    this.#isShaping = shaping;
  }

  /** True when a packet that arrives at `now` must be dropped; otherwise it takes its token. */
  refuses(now: Nanoseconds): boolean {
    return !this.#isShaping && !this.#bucket.take(now);
  }

  /** How much longer a departing packet must wait, in ns. */
  waitNs(now: Nanoseconds): Nanoseconds {
    return this.#isShaping ? this.#bucket.reserve(now) : 0;
  }
}
