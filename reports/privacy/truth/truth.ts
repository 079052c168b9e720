/**
 * The complete record of the messages of a run: at which node each message was, and when. It is made by
 * the observer given to nodes (ADR 0012), is the input of the estimators, and scores attacks
 * (docs/spec/privacy-metrics.md, "Two records").
 *
 * Code below `reports/privacy/attacks` must not import this folder: an attacker has a `View`. A
 * dependency rule and a test enforce that.
 *
 * @module
 */

/** A node created the message and sends it. */
export const EVENT_CREATED = 0;
/** A node received the message. */
export const EVENT_ARRIVED = 1;
/** The message left the node. */
export const EVENT_DEPARTED = 2;
/** The message ended at its recipient. */
export const EVENT_DELIVERED = 3;
/** Cover ended at the node for which it was intended. */
export const EVENT_ABSORBED = 4;
/** The message was dropped. */
export const EVENT_DROPPED = 5;

/** The code of an event: one of the six constants `EVENT_...`. */
export type TruthEventCode = 0 | 1 | 2 | 3 | 4 | 5;

/** Stands for "no node" where a node index is expected. */
export const NO_NODE = 65_535;

/** Purpose of a message: it carries a message of an application, or a part of one. */
export const PURPOSE_CONTENT = 0;
/** Purpose of a message: a reaction to content, such as an acknowledgement. */
export const PURPOSE_REACTION = 1;
/** Purpose of a message: cover, which hides the other messages. */
export const PURPOSE_COVER = 2;
/** Purpose of a message that no node of the run created: forged, replayed, or older than the record. */
export const PURPOSE_FOREIGN = 3;

/** The purpose of a message: one of the four constants `PURPOSE_...`. */
export type PurposeCode = 0 | 1 | 2 | 3;
/** Number of purposes. */
export const PURPOSE_COUNT = 4;

/** Columns in time order; each has at least `count` entries. */
export interface TruthEvents {
  readonly count: number;
  /** Instant of the run's clock, ns. */
  readonly atNs: Float64Array;
  readonly code: Uint8Array;
  /** Index of the node in `nodes`. */
  readonly node: Uint16Array;
  /** Index of the message. */
  readonly message: Uint32Array;
}

/** Columns by message; each has at least `count` entries. */
export interface TruthMessages {
  readonly count: number;
  /** Why it exists; a {@link PurposeCode}. */
  readonly purpose: Uint8Array;
  /** Index in `nodes` of its creator; {@link NO_NODE} for a foreign message. */
  readonly sender: Uint16Array;
  /** Index of the recipient in `nodes`; {@link NO_NODE} for cover. */
  readonly recipient: Uint16Array;
}

/** Everything that happened to messages in one run. */
export interface RunTruth {
  readonly nodes: readonly string[];
  readonly events: TruthEvents;
  readonly messages: TruthMessages;
  /**
   * When the record was full, ns, so that later events are missing; undefined if it was never full.
   */
  readonly fullNs?: number;
}
