/**
 * How large a replay window must be for a rate, paths of different delay and a machine that stalls,
 * and the warning when it is too small (docs/spec/gateway-frame.md, "Replay window"; R-016). Pure arithmetic.
 *
 * @module
 */
import { WINDOW_BITS_MAX, WINDOW_BITS_MIN } from '../../_kit/replay-window.ts';

const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;
/** Share of the window that traffic may need before {@link windowWarning} warns. */
const WARNING_SHARE = 0.8;

/** The facts that determine how far frames of one session can overtake each other. */
export interface FrameReorderFactors {
  /** Number of frames per second of one peer in one direction, over all paths. */
  readonly framesPerSecond: number;
  /** Delay of the slowest path minus that of the fastest, ns. */
  readonly delaySpreadNs: number;
  /** Longest time for which the machine has stood still, ns: frames of other sockets pass meanwhile. */
  readonly stallNs: number;
  /**
   * Largest distance so far between an accepted frame and the highest one before it, in sequence
   * numbers.
   */
  readonly lateBy: number;
}

/**
 * Estimates how many frames can overtake one frame: the rate times the sum of spread and stall,
 * rounded up; or a larger number if one was observed.
 */
export function reorderDepth(profile: FrameReorderFactors): number {
  const spreadNs = profile.delaySpreadNs + profile.stallNs;
  const expected = Math.ceil((profile.framesPerSecond * spreadNs) / NS_PER_SECOND);
  return Math.max(expected, profile.lateBy);
}

/** Recommended size: the next power of two above twice the depth, 64..65,536 bits. */
export function recommendedWindowBits(profile: FrameReorderFactors): number {
  const wanted = 2 * reorderDepth(profile);
  let bits = WINDOW_BITS_MIN;
  while (bits < wanted && bits < WINDOW_BITS_MAX) bits *= 2;
  return bits;
}

/**
 * Explains why a window is too small.
 * @returns undefined if traffic uses at most 80 % of it.
 */
export function windowWarning(bits: number, profile: FrameReorderFactors): string | undefined {
  const depth = reorderDepth(profile);
  if (depth <= WARNING_SHARE * bits) return undefined;
  const better = recommendedWindowBits(profile);
  const stallMs = Math.round(profile.stallNs / NS_PER_MS);
  const stalls = stallMs === 0 ? '' : `, with stalls of up to ${stallMs} ms`;
  const cause =
    depth === profile.lateBy
      ? 'one frame was as late'
      : `${profile.framesPerSecond}/s over paths that differ by ${profile.delaySpreadNs / NS_PER_MS} ms${stalls}`;
  return (
    `a replay window of ${bits} bits is too small: up to ${depth} frames can overtake one ` +
    `(${cause}); use ${better}`
  );
}
