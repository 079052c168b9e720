/**
 * A message as the ledger follows it, and its copies on links and inside nodes.
 *
 * @module
 */
import type { Loss, SentFate } from './message-account.ts';

/** A message that a node accepted from its application. */
export interface FollowedMessage {
  /** Number of places that hold the message or a part of it. */
  holds: number;
  loss: Loss | undefined;
  givenUp: Loss | undefined;
  /** When the message, or a part of it, was last given to a carrier, where nobody sees it. */
  carried: Loss | undefined;
  /** When its recipient reported delivery: if the application got no such message, its bytes were changed. */
  changed: Loss | undefined;
  /** When its sender was told that the next holder has it. */
  confirmed: Loss | undefined;
  /**
   * When its recipient crashed while the message waited for the disk, which may have recorded it as
   * delivered although the application never got it.
   */
  unseen: Loss | undefined;
}

/** A packet with a message, or a part of one, under the key of its link. */
export interface Copy {
  readonly message: FollowedMessage;
  /** Copies on the link under this key: more than one if the network or an attacker made copies. */
  onLink: number;
  /** Number of messages that were handed to the node but not reported by it yet. */
  untold: number;
  /** Index of the node to which those messages were handed. */
  node: number;
  /** Second copies that arrived at nodes which had one already, and that are not dropped yet. */
  again: number;
  /** Nodes that hold the copy: several if a node sent equal copies to several others. */
  readonly inside: Set<number>;
}

/** True if no place has the copy. */
export function isCopyGone({ onLink, untold, inside }: Copy): boolean {
  return onLink === 0 && untold === 0 && inside.size === 0;
}

/** A carrier has brought the copy to a node, perhaps not for the first time. */
export function cameOutOfCarrier(copy: Copy, node: number): void {
  if (isCopyGone(copy)) copy.message.holds += 1;
  if (copy.inside.has(node)) copy.again += 1;
}

/** A message that no place has yet. */
export function newMessage(): FollowedMessage {
  const never = { loss: undefined, givenUp: undefined, carried: undefined };
  return { holds: 0, ...never, changed: undefined, confirmed: undefined, unseen: undefined };
}

/**
 * The fate of a message that did not arrive, from what nodes reported about it.
 * @param hasLies True if links carried bytes that no node had sent.
 */
export function fateOfMessage(message: FollowedMessage, hasLies: boolean): SentFate {
  const { holds, givenUp, changed, carried, confirmed, unseen } = message;
  if (holds > 0) return { kind: 'open' };
  if (givenUp !== undefined) return { kind: 'given-up', loss: givenUp };
  const lie = hasLies ? confirmed : undefined;
  const loss = changed ?? message.loss ?? carried ?? lie ?? unseen;
  return loss === undefined ? { kind: 'unaccounted' } : { kind: 'lost', loss };
}

/** One place fewer has the message; `isUnseen` if its recipient crashed with it. */
export function releasePlace(
  message: FollowedMessage | undefined,
  loss: Loss | undefined,
  isUnseen = false,
): void {
  if (message === undefined) return;
  message.holds -= 1;
  if (isUnseen) message.unseen = loss;
  if (loss !== undefined) message.loss = loss;
}
