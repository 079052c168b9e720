/**
 * What one node holds of the messages that an account follows.
 *
 * @module
 */
import type { FollowedMessage } from './followed-message.ts';

/** What one node holds, as far as is known. */
export interface Holding {
  readonly name: string;
  /** Number of packets of all kinds inside the node. */
  inside: number;
  /** Messages of its application, by the node's own number. */
  readonly sending: Map<number, FollowedMessage>;
  /**
   * Packets stored for others, by the name that both nodes know; undefined for a packet that no
   * application sent.
   */
  readonly kept: Map<number, FollowedMessage | undefined>;
  readonly held: Map<number, FollowedMessage | undefined>;
  /** What the node was sending when it crashed, and may find on its disk. */
  readonly earlier: Map<number, FollowedMessage>;
  /** What its disk may have still although the node is done with it: a crash may undo an erasure. */
  readonly done: Map<number, FollowedMessage>;
  /** Messages of others that were inside the node when it crashed, by the key of their last link. */
  readonly earlierInside: Map<number, FollowedMessage>;
}

/** The record of a node that holds nothing yet. */
export function emptyHolding(name: string): Holding {
  return {
    name,
    inside: 0,
    sending: new Map(),
    kept: new Map(),
    held: new Map(),
    earlier: new Map(),
    done: new Map(),
    earlierInside: new Map(),
  };
}

/**
 * What a node accepted under this number before a crash, and finds on its disk. If it was done with
 * it before, a loss of that time stays the reason until there is another.
 * @returns undefined if the ledger does not know it, or knows that the node has it.
 */
export function foundOnDisk(holding: Holding, number: number): FollowedMessage | undefined {
  const { sending, done, earlier } = holding;
  if (sending.has(number)) return undefined;
  const message = done.get(number) ?? earlier.get(number);
  if (message !== undefined && !done.has(number)) message.loss = undefined;
  return message;
}
