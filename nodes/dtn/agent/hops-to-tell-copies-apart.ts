/**
 * Distinguishes, by the hop count, a bundle that comes back over other nodes from one that a neighbour repeats;
 * both have the same identity (RFC 9171 section 4.2.7). If nodes delete a bundle once they have passed it on,
 * only the copy with the largest hop count exists. So a node accepts a bundle again if its hop count has grown,
 * and treats it as a duplicate otherwise.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';
import type { BundleAgentParts } from './parts.ts';

/** The facts that decide whether only one copy of a bundle exists at a time. */
type Kind = Pick<HeldBundle, 'destination' | 'isCritical'>;
type Parts = Pick<BundleAgentParts, 'own' | 'copies' | 'router' | 'behaviour'>;

/**
 * Computes the hop count by which a node distinguishes a bundle that comes back from one that is repeated.
 * @param hops Hop count of the bundle; undefined if it has no hop count block.
 * @returns the hop count to compare; undefined if every further copy is a duplicate: at the destination, or
 * where several copies exist at a time.
 */
export function hopsToTellCopiesApart(
  hops: number | undefined,
  { destination, isCritical }: Kind,
  { own, copies, router, behaviour }: Parts,
): number | undefined {
  if (destination === own) return undefined;
  const isSpread = isCritical === true && router.routeBy !== undefined;
  const isHandedOn = copies === undefined ? !isSpread : copies.handsOn === true;
  return isHandedOn ? behaviour.hopsOf(hops) : undefined;
}
