/**
 * Facts about how nodes handle messages, as far as the privacy of a run depends on it (docs/spec/privacy-metrics.md).
 *
 * @module
 */

/**
 * Why a message exists. `content`: it carries a message of an application, or a part of one;
 * `reaction`: it is sent only because there was such a message (an acknowledgement); `cover`: it carries nothing and
 * hides the other messages.
 */
export type MessagePurpose = 'content' | 'reaction' | 'cover';

/** The distribution of the delays of a mix, as far as estimators distinguish them. */
export type DelayLaw =
  /** Exponential delays: a message's age reveals nothing. */
  | { readonly kind: 'exponential' }
  /** Delays uniform between 0 and `longestNs`. */
  | { readonly kind: 'uniform'; readonly longestNs: number }
  /** Constant delays: messages leave in the order in which they came, which reveals everything. */
  | { readonly kind: 'constant' }
  /** Delays of a pool mix: each flush sends messages chosen uniformly from the pool. */
  | { readonly kind: 'batch' }
  /** A distribution for which there is no estimator; the report says so. */
  | { readonly kind: 'unknown'; readonly name: string };

/** How one node handles messages. */
export interface NodePrivacyFacts {
  /** Name of the node. */
  readonly node: string;
  /**
   * The part of the node in handling messages. `user`: writes and receives messages; `mix`: holds
   * messages back to hide which input became which output; `relay`: passes messages on or stores
   * them; `aside`: gets no messages.
   */
  readonly part: 'user' | 'mix' | 'relay' | 'aside';
  /** How the node delays messages. Absent: the senders of messages choose exponential delays. */
  readonly law?: DelayLaw;
  /** Intended mean delay, ns; absent when the node's configuration does not state it. */
  readonly meanDelayNs?: number;
  /** Layer, from 1, when the configuration determines it. */
  readonly layer?: number;
  /** Autonomous system in which the node is, for adversaries who own several nodes. */
  readonly asn?: string;
  /** Group of nodes with the same operator to which the node belongs, for adversaries who own several nodes. */
  readonly family?: string;
}
