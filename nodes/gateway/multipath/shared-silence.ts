/**
 * Whether the silence of one path says something about that path.
 *
 * Probes and reports stay away when a path is cut, and also when this process, its peer or the machine
 * stood still for a moment. In the first case another path has answered meanwhile, in the second none
 * has: to leave one silent path for another gains nothing, and all would be given up one after the
 * other. Silence of all paths is therefore waited out for a second.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import type { MultipathOptions } from './types.ts';

/** All paths may be silent for this long before any is given up, ns: there is no better one to take. */
export const SHARED_SILENCE_NS = 1_000_000_000;
/** An answer may be late by this and count as of the last interval, ns. */
const LISTEN_MARGIN_NS = 10_000_000;

/**
 * True when no other path has answered in time within the last interval of probes, and there are some
 * that could have.
 */
export function isSharedSilence(
  now: number,
  silent: ManagedPath,
  paths: readonly ManagedPath[],
  { probeIntervalNs }: MultipathOptions,
): boolean {
  const others = paths.filter((path) => path !== silent && path.isAnswering);
  const sinceNs = now - probeIntervalNs - LISTEN_MARGIN_NS;
  return others.length > 0 && others.every(({ quality }) => quality.lastTimelyNs < sinceNs);
}
