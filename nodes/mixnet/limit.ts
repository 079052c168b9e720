/**
 * Mixnet: the limit on the rate of all packets together that a mix or provider accepts. The
 * option `rateLimit` is different: it limits each client at its provider.
 *
 * With shaping, packets wait for a token in addition to their delay; without it, packets beyond the
 * burst are dropped before anything is computed for them.
 *
 * @module
 */
import { z } from 'zod';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { TokenBucket } from '../_kit/token-bucket.ts';
import { meanIntervalNsSchema } from './client/index.ts';

/**
 * Default of the published configuration (RateLimitingConfig): 25,000 packets/s, as ns between
 * packets.
 */
const INTERVAL_NS_DEFAULT = 40_000;
/** Default of the published configuration (RateLimitingConfig): burst in packets. */
const BURST_DEFAULT = 1_000;

/** Schema of the options of the rate limit of a mix or provider. */
export const nodeRateLimitConfig = z.strictObject({
  /**
   * Largest rate of packets in the long run, given as a rate or as the mean time between packets.
   */
  rate: meanIntervalNsSchema()
    .refine((ns) => ns > 0, { message: 'is not a rate that lets anything through' })
    .default(INTERVAL_NS_DEFAULT),
  /** Largest number of packets that may arrive at once. */
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

  /**
   * True when a packet that arrives at `now` must be dropped. Without shaping, a packet that is not
   * dropped uses up a token.
   */
  refuses(now: Nanoseconds): boolean {
    return !this.#isShaping && !this.#bucket.take(now);
  }

  /**
   * Reserves a token for a packet. Returns how much longer than its delay the packet must wait for
   * the token, ns; 0 without shaping.
   */
  waitNs(now: Nanoseconds): Nanoseconds {
    return this.#isShaping ? this.#bucket.reserve(now) : 0;
  }
}
