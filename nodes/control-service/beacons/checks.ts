/**
 * The checks of a beacon that come before those of its signatures, in the order of the reference
 * (control/beaconing/handler.go, HandleBeacon).
 *
 * @module
 */
import type { IsdAs, SignedSegment } from '../../scion/index.ts';
import { TIMESTAMP_TOLERANCE_S } from '../geometry.ts';
import { hasLoop, isExpired } from '../lookup/segment-sets.ts';
import type { ControlSurroundings } from '../surroundings.ts';

/** Why a beacon is refused before its signatures are checked. */
export type BeaconRefusal =
  | 'beacon-interface'
  | 'beacon-loop'
  | 'beacon-too-long'
  | 'beacon-relation'
  | 'beacon-neighbour'
  | 'beacon-future'
  | 'beacon-expired';

/** The neighbour, the interface and the time at which a beacon arrived. */
export interface BeaconArrival {
  /** The source AS of the packet, which the border router has checked. */
  readonly neighbour: IsdAs;
  /** The interface on which the beacon entered this AS. */
  readonly ingress: number;
  /** Calendar time, seconds since 1970. */
  readonly seconds: number;
}

/** @returns why a beacon is refused; undefined if only its signatures are left to check. */
export function beaconRefusal(
  beacon: SignedSegment,
  { isdAs, isCore, interfaces }: ControlSurroundings,
  maxHops: number,
  { neighbour, ingress, seconds }: BeaconArrival,
): BeaconRefusal | undefined {
  const at = interfaces.get(ingress);
  if (at === undefined || at.neighbour !== neighbour) return 'beacon-interface';
  const { segment, signed } = beacon;
  const { entries, timestamp } = segment;
  if (hasLoop(beacon) || entries.some((entry) => entry.isdAs === isdAs)) return 'beacon-loop';
  if (entries.length >= maxHops) return 'beacon-too-long';
  if (at.relation !== (isCore ? 'core' : 'parent')) return 'beacon-relation';
  const last = entries.at(-1);
  const isFromThere = last?.isdAs === neighbour && last.hop.consEgress === at.neighbourIfId;
  if (!isFromThere || signed.at(-1)?.next !== isdAs) return 'beacon-neighbour';
  if (timestamp > seconds + TIMESTAMP_TOLERANCE_S) return 'beacon-future';
  if (isExpired(beacon, seconds)) return 'beacon-expired';
  return undefined;
}
