/**
 * Options of a clipping norm that follows a quantile of the norms of clients' updates.
 *
 * @module
 */
import { z } from 'zod';

/**
 * Default of the step by which the exponent of the norm changes in a round (Andrew et al. 2021,
 * section 3.1).
 */
const CLIP_RATE = 0.2;

/** Schema of the adaptive clipping norm. */
export const adaptiveClipConfig = z.strictObject({
  /** Share of clients whose update should be no longer than the norm. */
  quantile: z.number().gt(0).lt(1).default(0.5),
  /** Step by which the exponent of the norm changes in a round; with 0 the norm is fixed. */
  rate: z.number().min(0).max(1).default(CLIP_RATE),
  /**
   * Standard deviation of the noise on the count of clients below the norm; it must be above half
   * of `noise`. Absent: equal to `noise`.
   */
  countNoise: z.number().positive().optional(),
});
