/**
 * Whether a path carries packets, be it slowly or with losses.
 *
 * @module
 */
import type { PathHealth } from './types.ts';

/** True for a path that answers, and was not given up; false for none. */
export function isAnswering(path: { readonly health: PathHealth } | undefined): boolean {
  return path?.health === 'alive' || path?.health === 'degraded';
}
