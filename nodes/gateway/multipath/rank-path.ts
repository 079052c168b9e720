/**
 * The rank of a path among others: its score, reduced for everything that speaks against the path.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import { pathScore, violatedPathPreference } from './selection.ts';
import type { PathPreferences } from './types.ts';

/** A number above any difference between two scores. */
const OBJECTION = 10;

/**
 * The rank of a path. Paths that flap, or that packets recently left because of their queueing delay,
 * rank below all others; paths that a preference rules out rank below these.
 */
export function rankPath(now: number, path: ManagedPath, preferences: PathPreferences): number {
  const isAvoided = path.damping.isSuppressed(now) || now < path.crowdedUntilNs;
  const isRuledOut = violatedPathPreference(path.info, path.quality, preferences) !== undefined;
  const objections = (isAvoided ? 1 : 0) + (isRuledOut ? 2 : 0);
  return pathScore(path.info, path.quality, preferences) - OBJECTION * objections;
}
