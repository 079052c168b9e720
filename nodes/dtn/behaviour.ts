/**
 * DTN: the decisions of a node that its defective doubles (`doubles/`) make wrongly, and the correct
 * decisions.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { RankedRoutes } from './contact-graph/choose.ts';
import type { DtnDropReason } from './drops.ts';

/** The parts of a node's behaviour that a double may replace. */
export interface DtnBehaviour {
  /**
   * Time from the first write to the sync to disk, ns; above 0, bundles are acknowledged before they are
   * on disk.
   */
  readonly syncLateNs: Nanoseconds;
  /** Whether the identities of delivered bundles are remembered, so that none is delivered twice. */
  readonly remembersDelivered: boolean;
  /** Whether the time that a bundle spends on the node counts in its age. */
  readonly ages: boolean;
  /**
   * Maps a bundle's hop count to the number that the node compares with those of later copies
   * (`hops-to-tell-copies-apart.ts`).
   */
  readonly hopsOf: (hops: number | undefined) => number | undefined;
  /**
   * Makes a function for one node, which is called for each bundle of another node that leaves. It
   * returns undefined if the bundle is sent, else the reason of its drop; `vanishes`: without a drop.
   */
  readonly leaving: () => () => DtnDropReason | 'vanishes' | undefined;
  /** Takes all routes to a destination; returns the routes from which the node chooses. */
  readonly routes: (list: RankedRoutes) => RankedRoutes;
  /**
   * Whether the node books the volume of contacts for bundles, so that it plans no more bytes for a
   * contact than fit.
   */
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
