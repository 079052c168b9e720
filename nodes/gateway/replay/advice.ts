/**
 * How large a replay window must be for a rate and paths of different delay, and the warning when
 * it is too small (docs/spec/gateway-frame.md, "Replay window"; R-016). Pure arithmetic.
 *
 * @module
 */
import { WINDOW_BITS_MAX, WINDOW_BITS_MIN } from '../geometry.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Share of the window that traffic may need before the loader warns. */
const WARNING_SHARE = 0.8;

/** The facts that determine how far frames of one session can overtake each other. */
export interface ReorderProfile {
  /** Frames per second of one (peer, direction), over all paths. */
  readonly framesPerSecond: number;
  /** Delay of the slowest path minus that of the fastest, ns. */
  readonly delaySpreadNs: number;
  /** Spread by jitter and queues, ns. */
  readonly jitterNs: number;
}

/** How many frames may overtake one frame: rate times spread, rounded up. */
export function reorderDepth(profile: ReorderProfile): number {
  const spreadNs = profile.delaySpreadNs + profile.jitterNs;
  return Math.ceil((profile.framesPerSecond * spreadNs) / NS_PER_SECOND);
}

/** Recommended size: the next power of two above twice the depth, 64..65,536 bits. */
export function recommendedWindow(profile: ReorderProfile): number {
  const wanted = 2 * reorderDepth(profile);
  let bits = WINDOW_BITS_MIN;
  while (bits < wanted && bits < WINDOW_BITS_MAX) bits *= 2;
  return bits;
}

/**
 * Explains why a window is too small.
 * @returns undefined if traffic uses at most 80 % of it.
 */
export function windowWarning(bits: number, profile: ReorderProfile): string | undefined {
  const depth = reorderDepth(profile);
  if (depth <= WARNING_SHARE * bits) return undefined;
  const better = recommendedWindow(profile);
  return (
    `a replay window of ${bits} bits is too small: up to ${depth} frames can overtake one ` +
    `(${profile.framesPerSecond}/s over paths that differ by ` +
    `${(profile.delaySpreadNs + profile.jitterNs) / 1_000_000} ms); use ${better}`
  );
}
