/**
 * DTN: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { RouteSource } from './contact-graph/choose.ts';
import type { DtnDrop } from './drops.ts';

/** See the module. */
export interface Behaviour {
  /** A sync begins so long after the first write, ns; above 0 nobody waits for it. */
  readonly syncLateNs: Nanoseconds;
  /** Whether bundles that were delivered are remembered. */
  readonly remembersDelivered: boolean;
  /** Whether bundles grow older. */
  readonly ages: boolean;
  /** The hops by which a bundle is told from its repetitions. */
  readonly hopsOf: (hops: number | undefined) => number | undefined;
  /** Made for each node: what becomes of the next bundle of another node; undefined if it is sent. */
  readonly leaving: () => () => DtnDrop | 'vanishes' | undefined;
  /** The routes of a list that may be chosen. */
  readonly routes: (list: RouteSource) => RouteSource;
  /** Whether contacts are promised no more than they can carry. */
  readonly books: boolean;
}

/** A correct node. */
export const CORRECT: Behaviour = {
  syncLateNs: 0,
  remembersDelivered: true,
  ages: true,
  hopsOf: (hops) => hops,
  leaving: () => () => undefined,
  routes: (list) => list,
  books: true,
};
