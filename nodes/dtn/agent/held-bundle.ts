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
  /** When the node received or created it. */
  readonly sinceNs: Nanoseconds;
  /** Instant after which it is of no use. */
  readonly deadlineNs: Nanoseconds;
  /** Name of the host from which it came; undefined at its source. */
  readonly from: string | undefined;
  /** Its number for observers: own bundles are counted, others have the key of their last link. */
  name: number;
}
