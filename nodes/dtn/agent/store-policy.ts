/**
 * Which bundles make room for another in a full store. Those of the node's own applications never
 * do, nor does one that is under way: both were promised to somebody.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';

/** Names of the policies. */
export const EVICTION_POLICIES = [
  'reject-new',
  'oldest',
  'expiring-first',
  'largest',
  'lowest-priority',
  'random',
] as const;

/** Which bundle a full store drops: the new one, or an older one. */
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

/** Which of two bundles is deleted first: below 0 if it is `a`. */
type Order = (a: HeldBundle, b: HeldBundle) => number;

const ORDERS: Readonly<Partial<Record<EvictionPolicy, Order>>> = {
  'expiring-first': (a, b) => a.deadlineNs - b.deadlineNs,
  largest: (a, b) => b.bytes.length - a.bytes.length,
  'lowest-priority': (a, b) => a.priority - b.priority,
};

/** The new bundle, and the held ones that a full store may drop for it. */
export interface EvictionRequest {
  /** Bundles that may go, oldest first. */
  readonly candidates: readonly HeldBundle[];
  /** The bundle that needs the room. */
  readonly newcomer: HeldBundle;
  /** A uniform number below a bound, for `random`. */
  readonly below: (bound: number) => number;
}

/**
 * Which bundles a full store may delete for a new one, in the order in which they go.
 * @returns the bundles that may make room, in the order in which they go.
 */
export function evictionOrder(
  policy: EvictionPolicy,
  contest: EvictionRequest,
): readonly HeldBundle[] {
  const { candidates, newcomer, below } = contest;
  if (policy === 'reject-new') return [];
  if (policy === 'oldest') return candidates;
  if (policy === 'random') return shuffled(candidates, below);
  const order = ORDERS[policy] as Order;
  // A newcomer that would be the next to go is refused instead.
  return candidates.filter((each) => order(each, newcomer) < 0).sort(order);
}

function shuffled(
  bundles: readonly HeldBundle[],
  below: EvictionRequest['below'],
): readonly HeldBundle[] {
  const all = [...bundles];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [all[last], all[other]] = [all[other] as HeldBundle, all[last] as HeldBundle];
  }
  return all;
}
