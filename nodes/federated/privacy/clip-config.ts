/**
 * Options of a clipping norm that follows the clients.
 *
 * @module
 */
import { z } from 'zod';

/** Step of the norm's exponent in a round, by default (Andrew et al. 2021, section 3.1). */
const CLIP_RATE = 0.2;

/** Schema of the adaptive clipping norm. */
export const adaptiveClipConfig = z.strictObject({
  /** Share of clients whose update should be no longer than the norm. */
  quantile: z.number().gt(0).lt(1).default(0.5),
  /** Step of the exponent by which the norm moves; with 0 the norm is fixed. */
  rate: z.number().min(0).max(1).default(CLIP_RATE),
  /**
   * Standard deviation of the noise on the number of clients below the norm; above half of `noise`.
   * Absent: as large as `noise`.
   */
  countNoise: z.number().positive().optional(),
});
