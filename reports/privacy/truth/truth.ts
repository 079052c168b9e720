/**
 * The omniscient record of a run: which message was where, when. It is made by the observer that
 * nodes are handed (docs/adr/0012), feeds the estimators of mixnet.md 4.2 and scores attacks.
 *
 * Spec: mixnet.md 4 (two records, apart by type) and 4.2. Code below `reports/privacy/attacks` must
 * not import this folder: an attacker has a `View`. A dependency rule and a test hold that.
 *
 * @module
 */

/** A node made the message and sends it. */
export const CREATED = 0;
/** A node took the message in. */
export const ARRIVED = 1;
/** The message left the node. */
export const DEPARTED = 2;
/** It ended at its recipient. */
export const DELIVERED = 3;
/** Cover that ended where it was meant to. */
export const ABSORBED = 4;
/** It was dropped, for whatever reason. */
export const DROPPED = 5;

/** One of the six codes above. */
export type EventCode = 0 | 1 | 2 | 3 | 4 | 5;

/** In place of the index of a node: none. */
export const NO_NODE = 65_535;

/** Kind of a message that no node of the run made: forged, replayed, or older than the record. */
export const FOREIGN = 'foreign';

/** Columns in the order of time; each is at least `count` long. */
export interface TruthEvents {
  readonly count: number;
  /** Instant of the run's clock, ns. */
  readonly atNs: Float64Array;
  readonly code: Uint8Array;
  /** Index in `nodes`. */
  readonly node: Uint16Array;
  /** Index of the message. */
  readonly message: Uint32Array;
}

/** Columns by message; each is at least `count` long. */
export interface TruthMessages {
  readonly count: number;
  /** Index in `kinds`. */
  readonly kind: Uint8Array;
  /** Index in `nodes` of whoever made it; {@link NO_NODE} for a foreign one. */
  readonly sender: Uint16Array;
  /** Index in `nodes`; {@link NO_NODE} for cover. */
  readonly recipient: Uint16Array;
}

/** Everything that happened to messages in one run. */
export interface Truth {
  readonly nodes: readonly string[];
  readonly kinds: readonly string[];
  readonly events: TruthEvents;
  readonly messages: TruthMessages;
  /** From when on nothing was recorded because the record was full; undefined when it never was. */
  readonly fullNs?: number;
}
