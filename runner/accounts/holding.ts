/**
 * The record of which messages of an account one node holds.
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
   * Messages that the node has finished with; it may find them on its disk again, because a crash
   * may undo an erasure.
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
 * The message that a node accepted under this number before a crash and has now found on its disk.
 * If the node had finished with the message before the crash, a loss recorded then remains valid
 * until another loss is recorded.
 * @returns undefined if the ledger does not know the message, or if the node already counts as
 * holding it.
 */
export function findOnDisk(holding: Holding, number: number): FollowedMessage | undefined {
  const { sending, done, earlier } = holding;
  if (sending.has(number)) return undefined;
  const message = done.get(number) ?? earlier.get(number);
  if (message !== undefined && !done.has(number)) message.loss = undefined;
  return message;
}
