/**
 * The view of its node that a router gets when it routes a bundle.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { RoutingContext } from '../router/router.ts';
import { worthwhileFragmentBytesMin } from './fragments.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Outlet } from './outlet.ts';

/** What an {@link AgentRoutingContext} is made from. */
interface AroundFacts {
  readonly outlets: readonly Outlet[];
  readonly nowNs: Nanoseconds;
  /** Plan time minus the time of the node's monotonic clock, ns. */
  readonly shiftNs: Nanoseconds;
  readonly isSplitting: boolean;
}

// hot: one object for each bundle that is routed, so it has methods instead of closures.
/** The state of a node at one instant, for its router. */
export class AgentRoutingContext implements RoutingContext {
  readonly nowNs: Nanoseconds;
  readonly #facts: AroundFacts;

  constructor(facts: AroundFacts) {
    this.#facts = facts;
    this.nowNs = facts.nowNs;
  }

  deadlineOf({ deadlineNs }: HeldBundle): Nanoseconds {
    return deadlineNs + this.#facts.shiftNs;
  }

  waiting(name: string, priority: number): number {
    let sum = 0;
    for (const outlet of this.#facts.outlets) {
      if (outlet.neighbour === name) sum += outlet.waiting(priority);
    }
    return sum;
  }

  isOpen(name: string): boolean {
    return this.#facts.outlets.some(({ neighbour, isOpen }) => neighbour === name && isOpen);
  }

  leastPiece(bundle: HeldBundle): number {
    const isAllowed = this.#facts.isSplitting && bundle.copyOf === undefined;
    return isAllowed ? worthwhileFragmentBytesMin(bundle) : Number.POSITIVE_INFINITY;
  }
}
