/**
 * Distinguishes a bundle that comes back over other nodes from one that a neighbour repeats; both have
 * the same identity (RFC 9171 section 4.2.7). Where nodes delete a bundle once they have handed it on,
 * the copy with the largest hop count is the only one left. So a node accepts a bundle again only if
 * its hop count has grown; then it never acknowledges the last copy without keeping it.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';
import type { BundleAgentParts } from './parts.ts';

/** What decides whether a node hands a bundle on as a whole. */
type Kind = Pick<HeldBundle, 'destination' | 'isCritical'>;
type Parts = Pick<BundleAgentParts, 'own' | 'copies' | 'router' | 'behaviour'>;

/**
 * The hop count by which a node distinguishes a bundle that comes back from one that is repeated.
 * @param hops Hops that the bundle has made; undefined if it does not count them.
 * @returns the hops to compare; undefined if no further copy is of use: at the destination, or if several copies
 * exist at a time.
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
