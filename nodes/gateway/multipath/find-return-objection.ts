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
 * A planned return needs a base round trip shorter by this factor. A fifth, usual for averages,
 * would be too much: a window's minimum has little noise, and ten transmission times, added to 20
 * and to 24 ms, bring the two closer than a fifth.
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
  const violated = violatedPathPreference(path.info, quality, preferences);
  if (violated !== undefined) return violated;
  if (quality.consecutiveAnswers < PROBATION_ANSWERS) return 'few-answers';
  if (current === undefined) return undefined;
  const isFaster = current.quality.baseRttNs >= BETTER_RTT_FACTOR * quality.baseRttNs;
  const losesLess = current.quality.loss - quality.loss >= BETTER_PATH_LOSS_MARGIN_MIN;
  return isFaster || losesLess ? undefined : 'not-better';
}
