/**
 * Decides whether another path is free of the problem of the path in use.
 *
 * A path that still answers, but slower or with more loss than the thresholds allow, is left only
 * for one that is better at the same time. Delay or loss on all paths at once comes from what they
 * share: a congested link or an overloaded endpoint. Switching would then reorder packets without
 * any gain, and the next path would be left as well. A slow path loses no packets, so confirming that
 * it stays slow may take a second.
 *
 * @module
 */
import { type ManagedPath, PROBATION_ANSWERS } from './managed-path.ts';

/**
 * The delay of the other path may have grown by at most this share of the growth of the path in
 * use.
 */
const GROWTH_SHARE = 0.5;
/** A path counts as free of queues only while its last answer is not older than this, ns: two intervals of warm probes. */
const FRESH_NS = 1_000_000_000;
/** Smallest difference in loss for which another path counts as better, as a share: five percentage points. */
export const BETTER_PATH_LOSS_MARGIN_MIN = 0.05;

/**
 * True if `other` has been measured since `current` was found degraded, and does not have the same
 * problem.
 * @param now ns.
 */
export function isBetterThanDegraded(
  now: number,
  other: ManagedPath,
  current: ManagedPath,
): boolean {
  if (other.quality.lastAskedNs < current.degradedNs) return false;
  if (current.cause === 'loss')
    return current.lossNow(now) - other.lossNow(now) >= BETTER_PATH_LOSS_MARGIN_MIN;
  if (current.slowAnswers < PROBATION_ANSWERS) return false;
  return grewLess(now, other, current);
}

/**
 * True if `other` may carry what `current` cannot: `other` is healthy, was measured within the last
 * second, was not recently left because of its own queueing delay, and its delay has grown at most
 * half as much as that of `current`.
 */
export function isFreeOfQueue(now: number, other: ManagedPath, current: ManagedPath): boolean {
  if (other === current || !other.isHealthy || now < other.crowdedUntilNs) return false;
  if (now - other.quality.lastAnswerNs > FRESH_NS) return false;
  return grewLess(now, other, current);
}

function grewLess(now: number, other: ManagedPath, current: ManagedPath): boolean {
  const [ours, theirs] = [growthNs(now, current), growthNs(now, other)];
  return theirs.last <= GROWTH_SHARE * ours.last && theirs.smoothed <= GROWTH_SHARE * ours.smoothed;
}

/** Round-trip time above the minimum of the last minute, ns. */
function growthNs(
  now: number,
  { quality }: ManagedPath,
): { readonly last: number; readonly smoothed: number } {
  const baseline = quality.baselineNs(now);
  return { last: quality.lastRttNs - baseline, smoothed: quality.srttNs - baseline };
}
