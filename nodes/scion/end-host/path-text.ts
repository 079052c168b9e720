/**
 * Describes paths for operators, in answers to the request `paths`.
 *
 * @module
 */
import { formatInterface, type Path } from '../paths/path.ts';
import { computePathTotals } from '../paths/path-metadata.ts';

/**
 * Describes a path as plain data. Announced properties are present only if its ASes announce any;
 * unknown values are null.
 */
export function describePath({
  interfaces,
  mtu,
  expiryHalfSeconds,
  metadata,
}: Path): Readonly<Record<string, unknown>> {
  const path = {
    expires: expiryHalfSeconds / 2,
    interfaces: interfaces.map(formatInterface),
    mtu,
  };
  if (metadata === undefined) return path;
  const { latencyUs, bandwidthKbps, carbon, internalHops } = computePathTotals(metadata);
  return {
    ...path,
    hops: interfaces.length / 2,
    latencyUs: latencyUs ?? null,
    bandwidthKbps: bandwidthKbps ?? null,
    carbon: carbon ?? null,
    internalHops: internalHops ?? null,
    metadata,
  };
}
