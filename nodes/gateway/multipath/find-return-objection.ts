/**
 * Why a path is in use, or is not: the objections against a return to it, in the order in which they are checked
 * (docs/spec/multipath.md, "Return and damping"). The controller decides by these objections, and the status
 * reports them.
 *
 * @module
 */
import { type ManagedPath, PROBATION_ANSWERS } from './managed-path.ts';
import { BETTER_PATH_LOSS_MARGIN_MIN } from './relief.ts';
import { violatedPathPreference } from './selection.ts';
import type { PathPreferences, PathReason } from './types.ts';

/**
 * Packets return to a path only if the base round trip of the path in use is at least this many times
 * as long. The usual factor for averages, 1.2, is too large here: a base round trip is the minimum
 * of a window and has little noise, and paths of 20 and 24 ms no longer differ by a fifth once the
 * same ten transmission times are added to each.
 */
const BETTER_RTT_FACTOR = 1.15;

/**
 * The reason why packets do not return from `current` to `path` now; undefined if `path` is better.
 */
export function findReturnObjection(
  now: number,
  path: ManagedPath,
  current: ManagedPath | undefined,
  preferences: PathPreferences,
): PathReason | undefined {
  const { health, quality } = path;
  if (health === 'unknown') return 'unanswered';
  if (health === 'probation') return 'probation';
  if (!path.isHealthy) return path.cause;
  if (path.damping.seemsSuppressed(now)) return 'flapping';
  if (now < path.crowdedUntilNs) return 'crowded';
  const violated = violatedPathPreference(path.info, quality, preferences);
  if (violated !== undefined) return violated;
  if (quality.consecutiveAnswers < PROBATION_ANSWERS) return 'few-answers';
  if (current === undefined) return undefined;
  const isFaster = current.quality.baseRttNs >= BETTER_RTT_FACTOR * quality.baseRttNs;
  const losesLess = current.lossNow(now) - path.lossNow(now) >= BETTER_PATH_LOSS_MARGIN_MIN;
  return isFaster || losesLess ? undefined : 'not-better';
}
