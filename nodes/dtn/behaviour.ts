/**
 * DTN: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { RankedRoutes } from './contact-graph/choose.ts';
import type { DtnDropReason } from './drops.ts';

/** The points in which a double may differ from a correct node. */
export interface DtnBehaviour {
  /** Time from the first write to the sync, ns; if it is above 0, answers do not wait for the sync. */
  readonly syncLateNs: Nanoseconds;
  /** Whether bundles that were delivered are remembered. */
  readonly remembersDelivered: boolean;
  /** Whether the time that a bundle spends on the node counts in its age. */
  readonly ages: boolean;
  /** From a bundle's hop count, the one by which the node tells it from copies that come later. */
  readonly hopsOf: (hops: number | undefined) => number | undefined;
  /** For each node, makes a function that tells the fate of others' next bundle; undefined: sent. */
  readonly leaving: () => () => DtnDropReason | 'vanishes' | undefined;
  /** Takes all routes to a destination; returns the routes from which the node chooses. */
  readonly routes: (list: RankedRoutes) => RankedRoutes;
  /** Whether the node books volume of contacts, so that none is promised more than it can carry. */
  readonly books: boolean;
}

/** The behaviour of a correct `dtn` node. */
export const CORRECT_BEHAVIOUR: DtnBehaviour = {
  syncLateNs: 0,
  remembersDelivered: true,
  ages: true,
  hopsOf: (hops) => hops,
  leaving: () => () => undefined,
  routes: (list) => list,
  books: true,
};
