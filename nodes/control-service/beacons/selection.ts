/**
 * Which beacons an AS passes on or registers: a plug-in. Those that are shipped are files of `selections/`.
 *
 * @module
 */
import type { PathSegment } from '../../scion/index.ts';

/** A choice among beacons; one of several candidates that are given again and again, so it keeps nothing. */
export interface BeaconSelection {
  /**
   * Chooses at most `most` of the candidates.
   * @param candidates Shortest first.
   */
  select<One extends BeaconCandidate>(candidates: readonly One[], most: number): readonly One[];
}

/** A beacon as a selection sees it. */
export interface BeaconCandidate {
  readonly segment: PathSegment;
}
