/**
 * Static routes: a table of name patterns of destinations, each with a neighbour; the first row that matches
 * decides.
 *
 * @module
 */
import { NamePattern, UNLIMITED_PATTERN_WORK } from '../../../engine/pure/name-pattern.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { Router, RoutingContext, RoutingDecision } from './router.ts';

/** A row of the table: the neighbour for the bundles to some hosts. */
export interface StaticRoute {
  /** Pattern of the destination's host name; `*` stands for any characters. */
  readonly to: string;
  /** Name of a neighbour. With `drop`, which names no neighbour, such bundles wait here until they expire. */
  readonly via: string;
}

/** Sends bundles by a table; destinations that are neighbours need no row. */
export class StaticRouter implements Router {
  readonly #neighbours: ReadonlySet<string>;
  readonly #routes: readonly { readonly form: NamePattern; readonly via: string }[];

  /** @param neighbours Names of all hosts to which there is a link. */
  constructor(routes: readonly StaticRoute[], neighbours: ReadonlySet<string>) {
    this.#neighbours = neighbours;
    this.#routes = routes.map(({ to, via }) => ({
      form: new NamePattern(to, UNLIMITED_PATTERN_WORK),
      via,
    }));
  }

  route({ destination = '' }: HeldBundle, around: RoutingContext): RoutingDecision {
    const route = this.#routes.find(({ form }) => form.matches(destination));
    const neighbour = route?.via ?? destination;
    if (!this.#neighbours.has(neighbour)) return { kind: 'wait', why: 'no-route' };
    if (!around.isOpen(neighbour)) return { kind: 'wait', why: 'no-contact-now' };
    return { kind: 'go', neighbour, untilNs: Number.POSITIVE_INFINITY };
  }
}
