/**
 * A bundle in the care of a node.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

/** 0 bulk, 1 normal, 2 expedited. */
export type Priority = 0 | 1 | 2;

/** A bundle with what decisions about it need. */
export interface HeldBundle {
  /** Identity: source, creation timestamp and, of a fragment, its place (RFC 9171 section 4.2.7). */
  readonly key: string;
  /** Node identifier of its source, as text; empty if it is anonymous. */
  readonly source: string;
  /** As received or created; changed only when a copy of it leaves. */
  readonly bytes: Uint8Array;
  /** Name of the host of the destination; undefined if it is on none of this network. */
  readonly destination: string | undefined;
  readonly priority: Priority;
  /** True if a copy goes on every route with another first hop (CCSDS 734.3-B-1 section 3.2.7). */
  readonly isCritical?: boolean;
  /** The bundle that is held, if this is a copy of it (of a critical one). */
  readonly copyOf?: HeldBundle;
  /** When the node received or created it. */
  readonly sinceNs: Nanoseconds;
  /** Instant after which it is of no use. */
  readonly deadlineNs: Nanoseconds;
  /** By how many hops it came; absent if that tells nothing of other copies (`telling-hops.ts`). */
  readonly hops?: number | undefined;
  /** Name of the host from which it came; undefined at its source. */
  readonly from: string | undefined;
  /** True of a fragment that this node has cut, from its own bundle or from that of another node. */
  readonly isPart?: boolean;
  /**
   * Its number for observers: own bundles are counted, others have the key of their last link, and
   * fragments that were cut here that of their bytes.
   */
  name: number;
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
