/**
 * Tells a bundle that comes back from one that is repeated (RFC 9171 section 4.2.7 names copies
 * alike). Of a bundle that each node hands on, the copy that has come by the most hops is the one
 * that lives: whoever has an older one, or had it, has handed it on. So a node that takes a bundle
 * again if it has come further, and no other, never acknowledges the last copy without keeping it.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';
import type { AgentParts } from './parts.ts';

/** What decides whether a node hands a bundle on as a whole. */
type Kind = Pick<HeldBundle, 'destination' | 'isCritical'>;
type Parts = Pick<AgentParts, 'own' | 'copies' | 'router' | 'behaviour'>;

/**
 * @param hops By which the bundle came; undefined if it does not count them.
 * @returns nothing where a bundle has several copies at a time, or is at its destination: there,
 * no further copy is of use.
 */
export function tellingHops(
  hops: number | undefined,
  { destination, isCritical }: Kind,
  { own, copies, router, behaviour }: Parts,
): number | undefined {
  if (destination === own) return undefined;
  const isSpread = isCritical === true && router.routeBy !== undefined;
  const isHandedOn = copies === undefined ? !isSpread : copies.handsOn === true;
  return isHandedOn ? behaviour.hopsOf(hops) : undefined;
}
