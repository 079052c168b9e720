/**
 * Which bundles a full store deletes to make room for another. It never deletes bundles of the node's
 * own applications, nor bundles sent and not acknowledged.
 *
 * @module
 */
import type { HeldBundle } from './held-bundle.ts';

/** Names of the eviction policies. */
export const EVICTION_POLICIES = [
  'reject-new',
  'oldest',
  'expiring-first',
  'largest',
  'lowest-priority',
  'random',
] as const;

/** A rule that decides which bundle a full store drops: the new one, or some that are stored. */
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

/** Compares two bundles: negative if `a` is deleted before `b`. */
type Order = (a: HeldBundle, b: HeldBundle) => number;

const ORDERS: Readonly<Partial<Record<EvictionPolicy, Order>>> = {
  'expiring-first': (a, b) => a.deadlineNs - b.deadlineNs,
  largest: (a, b) => b.bytes.length - a.bytes.length,
  'lowest-priority': (a, b) => a.priority - b.priority,
};

/** A new bundle, and the stored bundles that a full store may delete for it. */
export interface EvictionRequest {
  /** Stored bundles that may be deleted, oldest first. */
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
  // Only bundles that the policy deletes before the newcomer: if there are none, the newcomer is
  // refused.
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
