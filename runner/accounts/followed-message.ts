/**
 * A message as the ledger follows it, and its copies on links and inside nodes.
 *
 * @module
 */
import type { MessageLoss, SentFate } from './message-account.ts';

/** A message that a node accepted from its application. */
export interface FollowedMessage {
  /** Number of places that hold the message or a part of it. */
  holds: number;
  loss: MessageLoss | undefined;
  givenUp: MessageLoss | undefined;
  /** When the message, or a part of it, was last given to a carrier, where nobody sees it. */
  carried: MessageLoss | undefined;
  /** When the recipient reported delivery: if its application got another message, bytes were changed. */
  changed: MessageLoss | undefined;
  /** When its sender, or else a provider, was told that the next holder has the message. */
  confirmed: MessageLoss | undefined;
  /**
   * When its recipient crashed while the message waited for the disk, which may have recorded it as
   * delivered although the application never got it.
   */
  unseen: MessageLoss | undefined;
}

/** A packet with a message, or a part of one, under the key of its link. */
export interface PacketCopy {
  readonly message: FollowedMessage;
  /** Copies on the link under this key: more than one if the network or an attacker made copies. */
  onLink: number;
  /** Number of messages that were handed to the node but not reported by it yet. */
  untold: number;
  /** Index of the node to which the untold messages were handed. */
  node: number;
  /** Second copies that arrived at nodes which had one already, and that are not dropped yet. */
  again: number;
  /** Nodes that hold the copy: several if a node sent equal copies to several others. */
  readonly inside: Set<number>;
}

/** A copy in no place yet. @param node Index of the node to which its messages are handed; -1: none. */
export function newPacketCopy(message: FollowedMessage, node: number): PacketCopy {
  return { message, onLink: 0, untold: 0, node, again: 0, inside: new Set() };
}

/** True if no place has the copy. */
export function isPacketCopyGone({ onLink, untold, inside }: PacketCopy): boolean {
  return onLink === 0 && untold === 0 && inside.size === 0;
}

/** A carrier has brought the copy to a node, perhaps not for the first time. */
export function recordCarrierArrival(copy: PacketCopy, node: number): void {
  if (isPacketCopyGone(copy)) copy.message.holds += 1;
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
export function fateOfMessage(message: FollowedMessage | undefined, hasLies: boolean): SentFate {
  if (message === undefined) return { kind: 'unaccounted' };
  const { holds, givenUp, changed, carried, confirmed, unseen } = message;
  if (holds > 0) return { kind: 'open' };
  if (givenUp !== undefined) return { kind: 'given-up', loss: givenUp };
  const lie = hasLies ? confirmed : undefined;
  const loss = changed ?? message.loss ?? carried ?? lie ?? unseen;
  return loss === undefined ? { kind: 'unaccounted' } : { kind: 'lost', loss };
}

/**
 * One place fewer has the message, because its recipient says that it has it.
 * @param lie Why the message is lost if that is not true, and its sender is not told the same.
 */
export function releaseConfirmed(message: FollowedMessage | undefined, lie: MessageLoss): void {
  releaseMessageHold(message, undefined);
  if (message !== undefined) message.confirmed ??= lie;
}

/** One place fewer has the message; `isUnseen` if its recipient crashed with it. */
export function releaseMessageHold(
  message: FollowedMessage | undefined,
  loss: MessageLoss | undefined,
  isUnseen = false,
): void {
  if (message === undefined) return;
  message.holds -= 1;
  if (isUnseen) message.unseen = loss;
  if (loss !== undefined) message.loss = loss;
}
