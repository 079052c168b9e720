/**
 * A message as the ledger follows it, and its copies on links and inside nodes.
 *
 * @module
 */
import type { MessageLoss, SentFate } from './message-account.ts';

/** A message that a node accepted from its application. */
export interface FollowedMessage {
  /** Number of holders (links and nodes) of the message or a part of it. */
  holds: number;
  loss: MessageLoss | undefined;
  givenUp: MessageLoss | undefined;
  /**
   * The loss to report if a carrier did not deliver the message; set when the message, or a part of
   * it, was last given to a carrier, inside which nothing is reported.
   */
  carried: MessageLoss | undefined;
  /**
   * The loss to report if the recipient's application did not get exactly these bytes; set when the
   * recipient reported delivery.
   */
  changed: MessageLoss | undefined;
  /**
   * The loss to report if nothing else is known of the message; set when the sender, or a provider,
   * was told that the next holder has it.
   */
  confirmed: MessageLoss | undefined;
  /**
   * The loss to report if the application never got the message although the recipient's disk may
   * call it `delivered`; set when the recipient crashed while the message waited for the disk.
   */
  unseen: MessageLoss | undefined;
}

/** The copies of one packet, which carries a message or a part of one; identified by a key on its link. */
export interface PacketCopy {
  readonly message: FollowedMessage;
  /** Number of copies on the link; more than one if the network or an attacker made copies. */
  onLink: number;
  /** Number of copies that were handed to the node but that the node has not reported yet. */
  untold: number;
  /** Index of the node to which the `untold` copies were handed; -1 for none. */
  node: number;
  /**
   * Number of duplicate copies at nodes that already had one; the nodes have not reported dropping
   * them yet.
   */
  again: number;
  /** Indexes of the nodes that hold a copy; several if a node sent equal packets to several others. */
  readonly inside: Set<number>;
}

/** The record of a packet of which no copy exists yet. @param node Index of its next node; -1: none. */
export function newPacketCopy(message: FollowedMessage, node: number): PacketCopy {
  return { message, onLink: 0, untold: 0, node, again: 0, inside: new Set() };
}

/** True if no link and no node has a copy. */
export function isPacketCopyGone({ onLink, untold, inside }: PacketCopy): boolean {
  return onLink === 0 && untold === 0 && inside.size === 0;
}

/** Records that a carrier has brought a copy to a node, perhaps not for the first time. */
export function recordCarrierArrival(copy: PacketCopy, node: number): void {
  if (isPacketCopyGone(copy)) copy.message.holds += 1;
  if (copy.inside.has(node)) copy.again += 1;
}

/** The record of a message that no link and no node holds yet. */
export function newMessage(): FollowedMessage {
  const never = { loss: undefined, givenUp: undefined, carried: undefined };
  return { holds: 0, ...never, changed: undefined, confirmed: undefined, unseen: undefined };
}

/**
 * The fate of a message that did not arrive, derived from what nodes reported about it.
 * @param hasLies True if links carried bytes that no node sent.
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
 * Reduces `holds` by one, because the recipient says that it has the message.
 * @param lie Why the message is lost, if the recipient does not have it and the sender learns nothing
 *   else.
 */
export function releaseConfirmed(message: FollowedMessage | undefined, lie: MessageLoss): void {
  releaseMessageHold(message, undefined);
  if (message !== undefined) message.confirmed ??= lie;
}

/**
 * Reduces `holds` by one, because a link or a node no longer has the message.
 * @param loss Why this copy was lost; undefined if it was passed on or delivered.
 * @param isUnseen True if the recipient crashed while the message waited for its disk.
 */
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
