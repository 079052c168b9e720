/**
 * Whether links join two hosts if only some links may be used.
 *
 * @module
 */
import type { LinkSpec } from '../../topologies/model.ts';

/** True if `to` can be reached from `from` over links that `isUsable` accepts. */
export function isReachable(
  links: readonly LinkSpec[],
  from: string,
  to: string,
  isUsable: (link: LinkSpec) => boolean,
): boolean {
  const reached = new Set([from]);
  const waiting = [from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const next of neighbours(links, at, isUsable)) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached.has(to);
}

function neighbours(
  links: readonly LinkSpec[],
  host: string,
  isUsable: (link: LinkSpec) => boolean,
): string[] {
  const found: string[] = [];
  for (const link of links) {
    if (!isUsable(link)) continue;
    if (link.a.host === host) found.push(link.b.host);
    if (link.b.host === host) found.push(link.a.host);
  }
  return found;
}
