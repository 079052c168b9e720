/**
 * Whether a path carries packets, even if slowly or with losses.
 *
 * @module
 */
import type { PathHealth } from './types.ts';

/** True for a path that answers and was not given up; false if there is no path. */
export function isAnswering(path: { readonly health: PathHealth } | undefined): boolean {
  return path?.health === 'alive' || path?.health === 'degraded';
}
