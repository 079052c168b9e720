/**
 * Beacons as operators read them, in answers to `beacons`.
 *
 * @module
 */
import { findFirstAs, type PathSegment } from '../../scion/index.ts';
import type { KnownSegment } from './store.ts';

/** A beacon as plain data: the interfaces that it passed; the last of them belongs to the neighbour that sent it. */
export function describeBeacon({
  segment,
  ingress,
  expiryHalfSeconds,
}: KnownSegment): Readonly<Record<string, unknown>> {
  return {
    origin: findFirstAs(segment),
    interfaces: segment.entries.flatMap(interfacesOf),
    ingress,
    expires: expiryHalfSeconds / 2,
  };
}

function interfacesOf({ isdAs, hop }: PathSegment['entries'][number]): readonly string[] {
  const { consIngress, consEgress } = hop;
  return [consIngress, consEgress].flatMap((ifId) => (ifId === 0 ? [] : `${isdAs}#${ifId}`));
}
