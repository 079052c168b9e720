/**
 * A bundle that a node holds, decoded as far as the agent needs it.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Priority of a bundle: 0 bulk, 1 normal, 2 expedited. */
export type Priority = 0 | 1 | 2;

/** A bundle that a node holds, with the facts by which the node handles it. */
export interface HeldBundle {
  /**
   * The identity as text: source, creation timestamp and, of a fragment, offset and length (RFC 9171 section
   * 4.2.7).
   */
  readonly key: string;
  /** Node identifier of the bundle's source, as text; empty if the bundle is anonymous. */
  readonly source: string;
  /** The bundle as received or created; only the copy that leaves is changed. */
  readonly bytes: Uint8Array;
  /** Name of the destination's host; undefined if it is not a host of this network. */
  readonly destination: string | undefined;
  readonly priority: Priority;
  /** True if each neighbour with which a route begins gets a copy (CCSDS 734.3-B-1 section 3.2.7). */
  readonly isCritical?: boolean;
  /** Only on a copy of a critical bundle: the critical bundle itself, which is held too. */
  readonly copyOf?: HeldBundle;
  /** When the node received or created the bundle. */
  readonly sinceNs: Nanoseconds;
  /** When the bundle expires, on the clock of the node. */
  readonly deadlineNs: Nanoseconds;
  /**
   * Number of hops that the bundle has made; absent if copies are not distinguished by hops
   * (`hops-to-tell-copies-apart.ts`).
   */
  readonly hops?: number | undefined;
  /** Name of the neighbour from which the bundle came; undefined at its source. */
  readonly from: string | undefined;
  /** True if the bundle is a fragment that this node has cut from a bundle of any source. */
  readonly isPart?: boolean;
  /**
   * The number under which this node reports the bundle to observers: a count for own bundles, for
   * others the key on their last link, and for fragments cut here the key of their bytes.
   */
  observerNumber: number;
}

/** A bundle that waits at a node, and why. */
export interface WaitingBundle {
  readonly bundle: HeldBundle;
  readonly why: string;
}

/** True if an application of this node sent the bundle, so that observers know it by a number of this node. */
export function isOwnMessage({ from, isPart }: HeldBundle): boolean {
  return from === undefined && isPart !== true;
}
