/**
 * How a network is drawn: which nodes stand together, in which layouts it can be shown, and where
 * its dots are. Worked out once for a run. Plain values, no DOM.
 *
 * @module
 */
import { type DrawnNetwork, groupedStepwise, ungrouped } from './groups.ts';
import {
  DOTS_MAX,
  isClearSomewhere,
  type LayoutName,
  layoutsOf,
  type PlaneLayout,
  placesOf,
  type Topology,
} from './layout.ts';
import type { Place } from './place.ts';

/** A network with its layouts. */
export class Arrangement {
  readonly network: DrawnNetwork;
  /** The layouts to choose from, that which suits the network best first. */
  readonly layouts: readonly LayoutName[];
  readonly #places = new Map<PlaneLayout, readonly Place[]>();

  private constructor(network: DrawnNetwork) {
    this.network = network;
    this.layouts = layoutsOf(network.topology);
  }

  /** Draws equal nodes as one if there are too many, or if they would stand on foreign links. */
  static of(topology: Topology): Arrangement {
    let best = ungrouped(topology);
    if (isGood(best)) return new Arrangement(best);
    for (const network of groupedStepwise(topology)) {
      best = network;
      if (isGood(network)) break;
    }
    return new Arrangement(best);
  }

  /** Draws each node by itself, even if it stands on a foreign link. */
  static ofEach(topology: Topology): Arrangement {
    return new Arrangement(ungrouped(topology));
  }

  /** The places of the dots. */
  places(layout: PlaneLayout): readonly Place[] {
    const known = this.#places.get(layout) ?? placesOf(this.network.topology, layout);
    this.#places.set(layout, known);
    return known;
  }
}

function isGood({ dots, topology }: DrawnNetwork): boolean {
  return dots.length <= DOTS_MAX && isClearSomewhere(topology);
}
