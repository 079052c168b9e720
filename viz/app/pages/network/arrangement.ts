/**
 * Computes how a network is drawn: which nodes are drawn as one dot, in which layouts the network
 * can be shown, and where its dots are. Computed once for a run. Uses no DOM.
 *
 * @module
 */
import { type DrawnNetwork, groupedNetworks, ungroupedNetwork } from './groups.ts';
import {
  computeNodePositions,
  DRAWN_NODES_MAX,
  hasClearLayout,
  type LayoutName,
  listLayouts,
  type PlaneLayoutName,
  type Topology,
} from './layout.ts';
import type { NodePosition } from './node-position.ts';

/**
 * A network drawn as dots, the layouts in which it can be shown, and the positions of the dots in
 * each layout.
 */
export class Arrangement {
  readonly network: DrawnNetwork;
  /** The layouts to choose from; the most suitable one comes first. */
  readonly layouts: readonly LayoutName[];
  readonly #places = new Map<PlaneLayoutName, readonly NodePosition[]>();

  private constructor(network: DrawnNetwork) {
    this.network = network;
    this.layouts = listLayouts(network.topology);
  }

  /**
   * Arranges a network with one dot for each node; but if there are too many nodes, or if in every
   * layout a node would lie on a link between other nodes, with one dot for several equal nodes.
   */
  static of(topology: Topology): Arrangement {
    let best = ungroupedNetwork(topology);
    if (isGood(best)) return new Arrangement(best);
    for (const network of groupedNetworks(topology)) {
      best = network;
      if (isGood(network)) break;
    }
    return new Arrangement(best);
  }

  /**
   * Arranges a network with one dot for each node, even if some nodes then lie on links between
   * other nodes.
   */
  static ofEach(topology: Topology): Arrangement {
    return new Arrangement(ungroupedNetwork(topology));
  }

  /**
   * Returns the positions of the dots in a layout, indexed by dot; computes them at the first call.
   */
  places(layout: PlaneLayoutName): readonly NodePosition[] {
    const known = this.#places.get(layout) ?? computeNodePositions(this.network.topology, layout);
    this.#places.set(layout, known);
    return known;
  }
}

function isGood({ dots, topology }: DrawnNetwork): boolean {
  return dots.length <= DRAWN_NODES_MAX && hasClearLayout(topology);
}
