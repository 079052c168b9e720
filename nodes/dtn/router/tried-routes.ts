/**
 * The routes that were considered for a bundle, which explain why the bundle takes its route or waits
 * (CCSDS 734.3-B-1 sections 3.2.6.9 and 3.2.8.1.4). The list is made only while a trace is recorded;
 * choices do not depend on it.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { NoRouteReason, RouteProjection } from '../contact-graph/choose.ts';
import type { ContactPlan } from '../contact-graph/plan.ts';
import type { Route } from '../contact-graph/search.ts';

/** A route that was considered, with its hops and times, and the verdict on it. */
export interface ConsideredRoute {
  /** Name of the neighbour with which the route begins. */
  readonly via: string;
  readonly hops: number;
  /** Projected arrival of the bundle; if the route cannot carry it, arrival in an empty network. */
  readonly arrivalNs: Nanoseconds;
  /** The end of the route's contact that ends first. */
  readonly endNs: Nanoseconds;
  /** `later`: this route could carry the bundle, but another one is better. */
  readonly verdict: 'taken' | 'later' | NoRouteReason;
}

/** Called with the routes that were considered for a bundle. */
export type OnRoutesConsidered = (bundle: HeldBundle, tried: readonly ConsideredRoute[]) => void;

/** Collects the routes that are considered for one bundle. */
export class ConsideredRoutes {
  readonly #plan: ContactPlan;
  readonly #nowNs: Nanoseconds;
  /**
   * The routes by their contacts, so that a route is listed once even if its list was made anew during
   * the choice.
   */
  readonly #tried = new Map<string, readonly [Route, RouteProjection | NoRouteReason]>();

  /** @param nowNs The instant of the choice, in plan time. */
  constructor(plan: ContactPlan, nowNs: Nanoseconds) {
    this.#plan = plan;
    this.#nowNs = nowNs;
  }

  /** Called when a route is considered. */
  readonly add = (route: Route, verdict: RouteProjection | NoRouteReason): void => {
    this.#tried.set(route.contacts.join(' '), [route, verdict]);
  };

  /**
   * All routes, in the order in which they were considered, without those whose contacts have ended.
   * @param nameOf Name of a neighbour by its number.
   */
  ending(
    chosen: RouteProjection | NoRouteReason,
    nameOf: (entry: number) => string | undefined,
  ): readonly ConsideredRoute[] {
    return [...this.#tried.values()].flatMap(([route, verdict]) => {
      const isFit = typeof verdict !== 'string';
      const arrivalNs = isFit ? verdict.arrivalNs : this.#arrivalOf(route);
      if (arrivalNs === undefined) return [];
      const wasTaken = typeof chosen !== 'string' && chosen.route === route;
      return {
        via: nameOf(route.entry) ?? '',
        hops: route.contacts.length,
        arrivalNs,
        endNs: route.terminationNs,
        verdict: isFit ? (wasTaken ? 'taken' : 'later') : verdict,
      };
    });
  }

  /** Arrival in an empty network when leaving now; undefined if a contact has ended by then. */
  #arrivalOf({ contacts }: Route): Nanoseconds | undefined {
    const { start, last, trip } = this.#plan;
    let at = this.#nowNs;
    for (const contact of contacts) {
      if ((last[contact] as number) < at) return undefined;
      at = Math.max(start[contact] as number, at) + (trip[contact] as number);
    }
    return at;
  }
}
