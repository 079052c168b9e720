/**
 * What a router decides: to which neighbours a bundle goes next, or why it waits. A router is one
 * file; it sees bundles and the plan, and neither links nor bytes.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { NoRoute } from '../contact-graph/choose.ts';

/** Why a bundle waits. */
export type WaitReason = NoRoute | 'no-contact-now' | 'too-large';

/** Where a bundle goes. */
export type Decision =
  | {
      readonly kind: 'go';
      /** Name of the neighbour. */
      readonly neighbour: string;
      /** Latest planned instant of leaving; if it has not left by then, the router is asked again. */
      readonly untilNs: Nanoseconds;
    }
  | { readonly kind: 'wait'; readonly why: WaitReason };

/** What a router may ask about its node, now. Instants are those of contact plans. */
export interface Surroundings {
  readonly nowNs: Nanoseconds;
  /** Instant after which the bundle is of no use. */
  deadlineOf(bundle: HeldBundle): Nanoseconds;
  /** Bytes that wait for a neighbour at this priority or higher. */
  waiting(neighbour: string, priority: number): number;
  /** True if a link to this neighbour is open. */
  isOpen(neighbour: string): boolean;
}

/** Decides where bundles go. */
export interface Router {
  route(bundle: HeldBundle, around: Surroundings): Decision;
  /** The bundle does not go where it was sent last: what was promised to it is free again. */
  withdrawn?(bundle: HeldBundle): void;
  /** The bundle has left, or is no longer here. */
  done?(bundle: HeldBundle): void;
}
