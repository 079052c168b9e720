/**
 * The age of a frame, by its timestamp (R-031, `max_sequence_age`): an authenticated frame may be
 * too old or too far ahead, with a tolerance for two clocks that differ.
 *
 * Differences are signed: the published gateway computed them unsigned, so a sender's clock one
 * nanosecond ahead made the frame 584 years old (docs/spec/gateway-frame.md, Defects of the
 * published frame). No clock is read here.
 *
 * @module
 */
import { CLOCK_TOLERANCE_US_DEFAULT, FRAME_AGE_US_MAX_DEFAULT } from '../geometry.ts';

const NS_PER_US = 1_000;

/** Limits of a frame's age, microseconds. */
export interface FrameAgeLimits {
  /** Largest accepted age of a frame, microseconds. */
  readonly ageUsMax: number;
  /** Largest tolerated difference of two clocks in either direction, microseconds. */
  readonly toleranceUs: number;
}

/** Converts the limits in the options of a gateway from ns to microseconds. */
export function frameAgeLimitsOf(options: {
  readonly maxSequenceAge: number;
  readonly clockTolerance: number;
}): FrameAgeLimits {
  return {
    ageUsMax: Math.floor(options.maxSequenceAge / NS_PER_US),
    toleranceUs: Math.floor(options.clockTolerance / NS_PER_US),
  };
}

/** The default limits: 1 h and 5 min. */
export const FRAME_AGE_LIMITS: FrameAgeLimits = {
  ageUsMax: FRAME_AGE_US_MAX_DEFAULT,
  toleranceUs: CLOCK_TOLERANCE_US_DEFAULT,
};

/**
 * Judges the timestamp of an authenticated frame.
 * @param timestampUs By the sender's clock, microseconds since 1970.
 * @param clockUs Our calendar time, microseconds since 1970.
 * @returns undefined when it is acceptable.
 */
export function checkFrameAge(
  timestampUs: number,
  clockUs: number,
  limits: FrameAgeLimits,
): 'expired' | 'future' | undefined {
  const ageUs = clockUs - timestampUs;
  if (ageUs > limits.ageUsMax + limits.toleranceUs) return 'expired';
  if (ageUs < -limits.toleranceUs) return 'future';
  return undefined;
}
