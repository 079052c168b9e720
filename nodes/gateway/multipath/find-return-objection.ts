/**
 * Why a path is in use, or is not: the objections against a return to it, in the order in which they are checked
 * (docs/spec/multipath.md, "Return and damping"). The controller decides by them and the status says them.
 *
 * @module
 */
import { type ManagedPath, PROBATION_ANSWERS } from './managed-path.ts';
import { BETTER_PATH_LOSS_MARGIN_MIN } from './relief.ts';
import { violatedPathPreference } from './selection.ts';
import type { PathPreferences, PathReason } from './types.ts';

/**
 * Packets return to a path only if the base round trip of the one in use is at least so many times as long. 1.2, which
 * is usual for averages, is too much: the base is the least of a window, which has little noise, and paths of 20 and 24
 * ms no longer differ by a fifth once each has the same ten transmission times added.
 */
const BETTER_RTT_FACTOR = 1.15;

/** Why packets do not return to `path` from `current` now; undefined if it is the better one. */
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
