/**
 * The agent's interface to one neighbour: over a link with a transmitter, or over a carrier protocol
 * below.
 *
 * @module
 */
import type { PlannedContact } from '../../../engine/host/network-view.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HeldBundle } from './held-bundle.ts';

/** A bundle that leaves now. */
export interface Departure {
  readonly bundle: HeldBundle;
  /**
   * Number under which the neighbour will acknowledge the bundle; absent over ways without
   * acknowledgements, where the bundle has then left for good.
   */
  readonly transfer?: number;
  /** How long the transmitter takes, ns; absent if the way has no transmitter of its own. */
  readonly durationNs?: Nanoseconds;
  /** What the bundle takes of a planned contact; absent if none is planned now. */
  readonly use?: ContactUse;
}

/** A part of the volume of a planned contact. */
export interface ContactUse {
  /** The planned contact; its instants are in plan time. */
  readonly contact: PlannedContact;
  /** Bytes that the bundle takes on the link. */
  readonly bytes: number;
}

/** A way to one neighbour, with the bundles that wait for it. */
export interface Outlet {
  readonly id: string;
  /** Name of the host to which it leads. */
  readonly neighbour: string;
  /** Longest bundle that the outlet takes at present, bytes. */
  readonly maxBytes: number;
  /** Longest bundle that the way can ever take, bytes; at least {@link maxBytes}. */
  readonly bytesMax: number;
  readonly isOpen: boolean;
  /** Total length of the waiting bundles of this priority or a higher one, bytes. */
  waiting(priority: number): number;
  /** The bundles that wait, in the order in which they will leave. */
  queued(): readonly HeldBundle[];
  /** Called when the way opens: bundles may leave. */
  open(now: Nanoseconds): void;
  /** Called when the way closes. @returns the bundles that did not leave. */
  close(): readonly HeldBundle[];
  put(bundle: HeldBundle): void;
  /** Removes a bundle from the queue, or ends its transfer if it is under way. */
  withdraw(bundle: HeldBundle): void;
  /** When the next bundle can leave; Infinity if none can. */
  nextAt(): Nanoseconds;
  /**
   * Takes the next bundle that can leave now; undefined if there is none.
   * @param planNs Time on the clock of contact plans.
   */
  take(now: Nanoseconds, planNs: Nanoseconds): Departure | undefined;
  /**
   * All waiting bundles, at the first call after a bundle did not fit in the rest of the contact;
   * otherwise none.
   */
  spent(): readonly HeldBundle[];
  /** The longest bundle that the rest of the contact can carry, bytes; 0 if there is none. */
  rest(planNs: Nanoseconds): number;
  /** Queues a bundle that fits in the rest of a contact, after a longer bundle did not fit. */
  putLast(bundle: HeldBundle): void;
  /** Ends a transfer. @returns its bundle; undefined if no such transfer is under way. */
  acknowledged(transfer: number): HeldBundle | undefined;
}
