/**
 * Whether another path is free of what ails the one in use.
 *
 * A path that still answers, but slower or lossier than the thresholds allow (spec/scion.md 7.3,
 * "degraded when"), is left only for one that fares better at the same time. What slows or thins all
 * paths at once is no fault of one of them: a crowded link that they share, or an end that has too
 * much to do. To change the path would then cost order and gain nothing, and the next one would be
 * left as well. A slow path loses nothing either, so it may show for a second that it stays slow.
 *
 * @module
 */
import { type ManagedPath, PROBATION_ANSWERS } from './managed-path.ts';

/** The other path's own delay may have grown by this share of what ours has grown by. */
const GROWTH_SHARE = 0.5;
/** Loss that makes a difference, in points (spec/scion.md 7.3: ">= 5 % points loss"). */
export const BETTER_LOSS = 0.05;

/**
 * True when both were measured since `current` was found degraded, and `other` lacks its fault.
 * @param now ns.
 */
export function isRelief(now: number, other: ManagedPath, current: ManagedPath): boolean {
  if (other.quality.lastAskedNs < current.degradedNs) return false;
  if (current.cause === 'loss') return current.quality.loss - other.quality.loss >= BETTER_LOSS;
  if (current.slowAnswers < PROBATION_ANSWERS) return false;
  const [ours, theirs] = [growthNs(now, current), growthNs(now, other)];
  return theirs.last <= GROWTH_SHARE * ours.last && theirs.smoothed <= GROWTH_SHARE * ours.smoothed;
}

/** How much longer a round trip takes than the shortest of the last minute, ns. */
function growthNs(
  now: number,
  { quality }: ManagedPath,
): { readonly last: number; readonly smoothed: number } {
  const baseline = quality.baselineNs(now);
  return { last: quality.lastRttNs - baseline, smoothed: quality.srttNs - baseline };
}
