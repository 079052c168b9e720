/**
 * A bundle in the care of a node.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** Priority of a bundle: 0 bulk, 1 normal, 2 expedited. */
export type Priority = 0 | 1 | 2;

/** A bundle with all that the node needs to decide about it. */
export interface HeldBundle {
  /** Identity: source, creation timestamp and, of a fragment, offset and length (RFC 9171 section 4.2.7). */
  readonly key: string;
  /** Node identifier of its source, as text; empty if it is anonymous. */
  readonly source: string;
  /** The bundle as received or created; only the copy that leaves is changed. */
  readonly bytes: Uint8Array;
  /** Name of the host of the destination; undefined if it is on none of this network. */
  readonly destination: string | undefined;
  readonly priority: Priority;
  /** True if each neighbour with which a route begins gets a copy (CCSDS 734.3-B-1 section 3.2.7). */
  readonly isCritical?: boolean;
  /** Present on a copy of a critical bundle: that bundle, which is held too. */
  readonly copyOf?: HeldBundle;
  /** When the node received or created it. */
  readonly sinceNs: Nanoseconds;
  /** When the bundle expires, on the clock of the node. */
  readonly deadlineNs: Nanoseconds;
  /** Number of hops that the bundle has made; absent if copies are not told apart by hops (`telling-hops.ts`). */
  readonly hops?: number | undefined;
  /** Name of the host from which it came; undefined at its source. */
  readonly from: string | undefined;
  /** True of a fragment that this node has cut, from its own bundle or from that of another node. */
  readonly isPart?: boolean;
  /**
   * The number under which this node reports the bundle to observers: a count for own bundles, for
   * others the key on their last link, and for fragments cut here the key of their bytes.
   */
  observerNumber: number;
}

/** A bundle that waits, and why. */
export interface WaitingBundle {
  readonly bundle: HeldBundle;
  readonly why: string;
}

/** True if observers know the bundle as a message of this node, by its number. */
export function isOwnMessage({ from, isPart }: HeldBundle): boolean {
  return from === undefined && isPart !== true;
}
