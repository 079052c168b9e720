/**
 * Paths over interfaces that are believed to be down (reference private/revcache). They remain
 * usable, since the message that an interface is down is only a hint, but come after all other
 * paths.
 *
 * @module
 */
import { formatInterface, type Path, type PathInterface } from './path.ts';

/** A path, and whether one of its interfaces is believed to be down. */
export interface RankedPath {
  readonly path: Path;
  readonly isRevoked: boolean;
}

/**
 * Moves the paths over interfaces that are believed to be down to the end; apart from that, the
 * order does not change.
 */
export function rankRevokedLast(
  paths: readonly Path[],
  revoked: readonly PathInterface[],
): readonly RankedPath[] {
  const names = new Set(revoked.map(formatInterface));
  const ranked = paths.map((path) => ({
    path,
    isRevoked: path.interfaces.some((item) => names.has(formatInterface(item))),
  }));
  return [...ranked.filter((one) => !one.isRevoked), ...ranked.filter((one) => one.isRevoked)];
}
