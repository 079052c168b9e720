/**
 * The interface of routers, which decide to which neighbour a bundle goes next or why it waits. A router handles
 * bundles and contact plans, and neither links nor encoded bytes.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { NoRouteReason } from '../contact-graph/choose.ts';

/** Why a bundle waits. */
export type WaitReason = NoRouteReason | 'no-contact-now' | 'too-large' | 'no-taker';

/** What a router decides about a bundle: that it goes to a neighbour, is split first, or waits. */
export type RoutingDecision =
  | {
      readonly kind: 'go';
      /** Name of the neighbour. */
      readonly neighbour: string;
      /** Latest planned instant of leaving; if the bundle has not left by then, the router is asked again. */
      readonly untilNs: Nanoseconds;
      /** Planned instant of leaving; absent if the router plans none. */
      readonly leavesNs?: Nanoseconds;
    }
  /**
   * Only a fragment of at most `maxBytes` bytes can go; the agent splits the bundle and asks about both fragments.
   */
  | { readonly kind: 'split'; readonly maxBytes: number }
  | { readonly kind: 'wait'; readonly why: WaitReason };

/** A decision about a copy of a critical bundle, which is never split. */
export type CopyRoutingDecision = Exclude<RoutingDecision, { readonly kind: 'split' }>;

/**
 * The present state of its node, as far as a router may ask about it. Instants are in plan time.
 */
export interface RoutingContext {
  readonly nowNs: Nanoseconds;
  /** Instant at which the bundle expires. */
  deadlineOf(bundle: HeldBundle): Nanoseconds;
  /** Total length of the bundles of this priority or higher that are queued for a neighbour, bytes. */
  waiting(neighbour: string, priority: number): number;
  /** Shortest fragment of the bundle that is worth its overhead, bytes; Infinity if the bundle may not be split. */
  leastPiece(bundle: HeldBundle): number;
  /** True if a link to this neighbour is open. */
  isOpen(neighbour: string): boolean;
}

/** Decides where bundles go; for routers with a single copy of each bundle. */
export interface Router {
  route(bundle: HeldBundle, around: RoutingContext): RoutingDecision;
  /** Decides about a copy of a critical bundle, on the best route that begins with this neighbour. */
  routeBy?(copy: HeldBundle, neighbour: string, around: RoutingContext): CopyRoutingDecision;
  /**
   * Called when the bundle does not go where {@link route} last sent it: the volume booked for it is free again.
   */
  withdrawn?(bundle: HeldBundle): void;
  /** Called when the bundle has left, or is no longer here. */
  done?(bundle: HeldBundle): void;
  /**
   * Lists the bundles that will not leave in time because `bundle`, of a higher priority, was queued before them.
   * @param queue All bundles queued for the same neighbour, in the order in which they leave.
   */
  displaced?(
    bundle: HeldBundle,
    queue: readonly HeldBundle[],
    around: RoutingContext,
  ): readonly HeldBundle[];
}

/** The offer of a bundle to a neighbour that lacks it: the only copy of this node, or a further copy. */
export interface CopyOffer {
  /** True if the bundle does not stay here once the neighbour has it. */
  readonly handsOver: boolean;
  /**
   * A number for the router of the neighbour, which travels in the copies block (`BLOCK_TYPE.copies`) of the copy.
   */
  readonly note?: number;
}

/**
 * Gives copies of a bundle to neighbours at encounters. The two nodes first exchange the names of the bundles that
 * they have or had, so that these are not sent again. Bundles for the neighbour itself are sent without asking the
 * router. A router keeps facts about a bundle by its key, until `done`.
 */
export interface CopyRouter {
  /** True if each offer hands the bundle over, so that only one copy of it exists. */
  readonly handsOn?: true;
  /** Called when an encounter with a neighbour begins. */
  met?(neighbour: string, nowNs: Nanoseconds): void;
  /** Makes the record that the neighbour's router gets at the beginning of an encounter. */
  record?(neighbour: string, nowNs: Nanoseconds): Uint8Array;
  /**
   * Handles the record of the neighbour's router.
   * @returns false if it is malformed.
   */
  heard?(neighbour: string, record: Uint8Array, nowNs: Nanoseconds): boolean;
  /** Decides whether the neighbour gets a bundle that it lacks; undefined if it does not. */
  offer(bundle: HeldBundle, neighbour: string): CopyOffer | undefined;
  /** Called when the neighbour has the bundle that was offered. */
  given?(bundle: HeldBundle, offer: CopyOffer, neighbour: string): void;
  /** Called when the neighbour did not get the bundle that was offered. */
  returned?(bundle: HeldBundle, offer: CopyOffer): void;
  /**
   * Called when this node now has a bundle. @param note The {@link CopyOffer.note} of the neighbour that gave it, if
   * any.
   */
  kept?(bundle: HeldBundle, note: number | undefined): void;
  /** Called when the bundle is no longer here. */
  done?(bundle: HeldBundle): void;
  /** The state that must survive a restart, encoded; undefined if it has not changed since the last call. */
  memory?(): Uint8Array | undefined;
  /**
   * Restores the state from before a restart.
   * @returns false if it is malformed: then the router uses nothing of it.
   */
  resume?(memory: Uint8Array): boolean;
}
