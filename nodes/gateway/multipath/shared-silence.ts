/**
 * Decides whether the silence of one path says anything about that path.
 *
 * Answers and reports stop when a path is cut, but also when this process, its peer or the machine
 * paused for a moment. In the first case another path has answered meanwhile, in the second none
 * has: leaving one silent path for another would gain nothing, and all would be given up in turn.
 * While all paths are silent, none is given up for a second.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import type { MultipathOptions } from './types.ts';

/** All paths may be silent for this long before any path is given up, ns, since none of them is better. */
export const ALL_PATHS_SILENT_NS_MAX = 1_000_000_000;
/**
 * All paths are silent if none has answered for this long, ns, or for {@link SILENT_PROBES} intervals
 * of probes if that is longer.
 */
const SILENT_NS = 300_000_000;
/** The silence of {@link SILENT_NS} as a number of probe intervals. */
const SILENT_PROBES = 6;
/** An answer that is late by at most this much still counts for the last interval, ns. */
const LISTEN_MARGIN_NS = 10_000_000;

/**
 * True if there are other paths that could have answered, and none of them did in time within the
 * last probe interval.
 */
export function areOtherPathsSilentToo(
  now: number,
  silent: ManagedPath,
  paths: readonly ManagedPath[],
  { probeIntervalNs }: MultipathOptions,
): boolean {
  const others = paths.filter((path) => path !== silent && path.isAnswering);
  const sinceNs = now - probeIntervalNs - LISTEN_MARGIN_NS;
  return others.length > 0 && others.every(({ quality }) => quality.lastTimelyNs < sinceNs);
}

/**
 * True if no path has answered for so long that the protocols above should send another way. A
 * pause of a process has usually ended by then, so a lost uplink is more likely.
 */
export function isSilentSince(
  heardNs: number,
  now: number,
  { probeIntervalNs }: MultipathOptions,
): boolean {
  return now - heardNs >= Math.max(SILENT_NS, SILENT_PROBES * probeIntervalNs);
}
