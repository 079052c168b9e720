/**
 * Direct delivery: a bundle waits until its destination is a neighbour.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { Router, RoutingContext, RoutingDecision } from './router.ts';

/** Sends a bundle only to its destination itself. */
export class DirectRouter implements Router {
  readonly #neighbours: ReadonlySet<string>;

  /** @param neighbours Names of all hosts to which there is a link. */
  constructor(neighbours: ReadonlySet<string>) {
    this.#neighbours = neighbours;
  }

  route({ destination }: HeldBundle, around: RoutingContext): RoutingDecision {
    if (destination === undefined || !this.#neighbours.has(destination)) {
      return { kind: 'wait', why: 'no-route' };
    }
    if (!around.isOpen(destination)) return { kind: 'wait', why: 'no-contact-now' };
    return { kind: 'go', neighbour: destination, untilNs: Number.POSITIVE_INFINITY };
  }
}
