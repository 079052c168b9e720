/**
 * Instants at which users send and receive, as visible on their own links.
 *
 * @module
 */
import type { AdversaryView } from '../view/view.ts';

/** For each user, the instants (ns, ascending) at which packets left and reached it. */
export interface UserTraffic {
  readonly sent: ReadonlyMap<string, readonly number[]>;
  readonly received: ReadonlyMap<string, readonly number[]>;
}

/** Splits the sightings of a view in a period by user. */
export function splitTrafficByUser(
  view: AdversaryView,
  watch: { readonly users: readonly string[]; readonly fromNs: number; readonly untilNs: number },
): UserTraffic {
  const lists = (): Map<string, number[]> => new Map(watch.users.map((user) => [user, []]));
  const [sent, received] = [lists(), lists()];
  const { count, atNs, link } = view.sightings;
  for (let i = 0; i < count; i += 1) {
    const at = atNs[i] as number;
    if (at < watch.fromNs || at >= watch.untilNs) continue;
    const { from = '', to = '' } = view.links[link[i] as number] ?? {};
    sent.get(from)?.push(at);
    received.get(to)?.push(at);
  }
  return { sent, received };
}
