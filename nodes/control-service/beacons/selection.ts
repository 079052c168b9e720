/**
 * The plug-in that selects the beacons which an AS passes on or registers. Shipped selections are in `selections/`.
 *
 * @module
 */
import type { PathSegment } from '../../scion/index.ts';

/** A rule that chooses among beacons. It must keep no state, since it is asked about the same beacons repeatedly. */
export interface BeaconSelection {
  /**
   * Chooses at most `most` of the candidates.
   * @param candidates Shortest first.
   */
  select<One extends BeaconCandidate>(candidates: readonly One[], most: number): readonly One[];
}

/** A beacon from which a selection may choose. */
export interface BeaconCandidate {
  readonly segment: PathSegment;
}
