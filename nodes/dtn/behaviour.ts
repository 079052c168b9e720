/**
 * DTN: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { RankedRoutes } from './contact-graph/choose.ts';
import type { DtnDropReason } from './drops.ts';

/** What a double may do otherwise than a correct node. */
export interface DtnBehaviour {
  /** Time from the first write to the sync, ns; if it is above 0, answers do not wait for the sync. */
  readonly syncLateNs: Nanoseconds;
  /** Whether bundles that were delivered are remembered. */
  readonly remembersDelivered: boolean;
  /** Whether the time that a bundle spends on the node counts in its age. */
  readonly ages: boolean;
  /** Maps a bundle's hop count to the one that the node compares with later copies (`telling-hops.ts`). */
  readonly hopsOf: (hops: number | undefined) => number | undefined;
  /**
   * Makes a function for one node, which is called for each bundle of another node that leaves. It
   * returns undefined if the bundle is sent, else the reason of its drop; `vanishes`: without a drop.
   */
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
