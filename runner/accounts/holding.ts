/**
 * Which of the messages of an account a node holds.
 *
 * @module
 */
import type { FollowedMessage } from './followed-message.ts';

/** What one node holds, according to its reports. */
export interface Holding {
  readonly name: string;
  /** Number of packets of all kinds inside the node. */
  inside: number;
  /** Messages that its application submitted, by the number that the node gave them. */
  readonly sending: Map<number, FollowedMessage>;
  /**
   * Packets that the node stores for other nodes, by the number that both nodes know; undefined for a
   * packet that no application sent.
   */
  readonly kept: Map<number, FollowedMessage | undefined>;
  readonly held: Map<number, FollowedMessage | undefined>;
  /**
   * Messages that the node was sending when it crashed, which it may find on its disk after the
   * restart.
   */
  readonly earlier: Map<number, FollowedMessage>;
  /**
   * Messages that the node is done with but may find on its disk again, because a crash may undo an
   * erasure.
   */
  readonly done: Map<number, FollowedMessage>;
  /**
   * Messages of other nodes' applications that were inside the node when it crashed, by their key on
   * the link on which they came.
   */
  readonly earlierInside: Map<number, FollowedMessage>;
}

/** The record of a node that holds nothing. */
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
 * The message that a node accepted under this number before a crash and has now found on its disk. If
 * the node was done with it before the crash, a loss that was recorded then stays the loss of the
 * message until another is recorded.
 * @returns undefined if the ledger does not know the message, or knows already that the node has it.
 */
export function findOnDisk(holding: Holding, number: number): FollowedMessage | undefined {
  const { sending, done, earlier } = holding;
  if (sending.has(number)) return undefined;
  const message = done.get(number) ?? earlier.get(number);
  if (message !== undefined && !done.has(number)) message.loss = undefined;
  return message;
}
