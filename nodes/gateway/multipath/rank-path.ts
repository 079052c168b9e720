/**
 * How good a path is among others: its score, less what speaks against it.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import { pathScore, violatedPathPreference } from './selection.ts';
import type { PathPreferences } from './types.ts';

/** Above any difference between two scores. */
const OBJECTION = 10;

/** The score of a path, below all others if it flaps or was left for its queue, and below those if a preference rules it out. */
export function rankPath(now: number, path: ManagedPath, preferences: PathPreferences): number {
  const isAvoided = path.damping.isSuppressed(now) || now < path.crowdedUntilNs;
  const isRuledOut = violatedPathPreference(path.info, path.quality, preferences) !== undefined;
  const objections = (isAvoided ? 1 : 0) + (isRuledOut ? 2 : 0);
  return pathScore(path.info, path.quality, preferences) - OBJECTION * objections;
}
