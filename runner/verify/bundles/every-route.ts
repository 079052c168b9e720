/**
 * A reference for the route search: enumerates all routes without loops. It takes exponential time, so
 * only for small plans.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import {
  type ContactPlan,
  compareRoutes,
  type Route,
  type RouteQuery,
} from '../../../nodes/dtn/index.ts';

/** All routes without loops that the contacts of a plan allow for a query, best first. */
export function listEveryRoute(plan: ContactPlan, query: RouteQuery): readonly Route[] {
  const routes: Route[] = [];
  const extend = (
    node: number,
    at: number,
    contacts: readonly number[],
    seen: readonly number[],
  ): void => {
    for (const [index, from] of plan.from.entries()) {
      const to = plan.to[index] as number;
      const endNs = plan.end[index] as number;
      const isOver = (plan.last[index] as number) < at;
      if (from !== node || isOver || seen.includes(to) || query.avoided?.has(to) === true) continue;
      if (contacts.length === 0 && query.notFirst?.has(index) === true) continue;
      const arrivalNs = Math.max(plan.start[index] as number, at) + (plan.trip[index] as number);
      const all = [...contacts, index];
      if (to !== query.target) {
        extend(to, arrivalNs, all, [...seen, to]);
        continue;
      }
      const ends = contacts.map((each) => plan.end[each] as number);
      const entry = plan.to[all[0] as number] as number;
      routes.push({ contacts: all, arrivalNs, terminationNs: leastOf([endNs, ...ends]), entry });
    }
  };
  extend(query.source, query.atNs, [], [query.source]);
  return routes.sort(compareRoutes);
}
