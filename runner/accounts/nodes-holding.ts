/**
 * Finds the nodes that hold an open message when a run ends, for the text of its journey.
 *
 * @module
 */
import type { FollowedMessage, PacketCopy } from './followed-message.ts';
import type { Holding } from './holding.ts';

/** Names of the nodes that have the message or a copy of it, each once, in the order of the world. */
export function nodesHoldingMessage(
  message: FollowedMessage,
  holdings: readonly Holding[],
  copies: Iterable<PacketCopy>,
): readonly string[] {
  const own = [...copies].filter((copy) => copy.message === message);
  return holdings.flatMap(({ name, sending, kept, held }, node) => {
    const isHeld = [sending, kept, held].some((all) => [...all.values()].includes(message));
    const isInside = own.some(({ inside }) => inside.has(node));
    return isHeld || isInside ? [name] : [];
  });
}
