/**
 * Which bundles a full store deletes to make room for another. It never deletes bundles of the node's
 * own applications, nor bundles under way: the node has promised to keep both.
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

/** Compares two bundles: below 0 if `a` is deleted first. */
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
  /** Draws a uniform integer from 0 to `bound` - 1, for the policy `random`. */
  readonly below: (bound: number) => number;
}

/**
 * Selects the bundles that a full store may delete for a new one.
 * @returns these bundles, in the order in which they are deleted.
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
