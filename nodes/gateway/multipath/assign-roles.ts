/**
 * Assigns the roles of paths: active, standby and warm.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import { rankPath } from './rank-path.ts';
import { pathOverlap } from './selection.ts';
import type { MultipathOptions } from './types.ts';

/**
 * The standby becomes the healthy path that has the fewest elements in common with the active path;
 * of several such paths, the one with the best score. All other paths become warm.
 */
export function assignRoles(
  now: number,
  paths: readonly ManagedPath[],
  current: ManagedPath | undefined,
  options: MultipathOptions,
): void {
  const standby = chooseStandby(now, paths, current, options);
  for (const path of paths) {
    const before = path.role;
    if (path === current) path.role = 'active';
    else path.role = path === standby ? 'standby' : 'warm';
    if (before === path.role || path.health === 'dead') continue;
    // A path that is promoted is probed at its new interval immediately, not when the old one ends.
    const interval = path.probeIntervalNs(options);
    if (path.nextProbeNs > now + interval) path.nextProbeNs = now + interval;
  }
}

function chooseStandby(
  now: number,
  paths: readonly ManagedPath[],
  current: ManagedPath | undefined,
  { preferences }: MultipathOptions,
): ManagedPath | undefined {
  let standby: ManagedPath | undefined;
  let standbyRank = Number.NEGATIVE_INFINITY;
  for (const path of paths) {
    if (path === current || !path.isHealthy) continue;
    const fate = current === undefined ? 0 : pathOverlap(path.info, current.info);
    const rank = rankPath(now, path, preferences) - 5 * fate;
    if (rank <= standbyRank) continue;
    standby = path;
    standbyRank = rank;
  }
  return standby;
}
