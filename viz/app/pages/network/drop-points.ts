/**
 * The point of a link at which the loss of a packet is drawn. Uses no DOM.
 *
 * @module
 */

/** Where a loss in the queue or policer is drawn, as a share of the link's length from the sender. */
const AT_THE_QUEUE = 0.08;
/** Where a loss after the queue is drawn, as a share of the link's length from the sender. */
const ON_THE_WAY = 0.5;

/** For each drop reason, where on a link the loss is drawn, from 0 (sender) to 1 (receiver). */
export const DROP_POINTS_ON_LINK: Readonly<Record<string, number>> = {
  ...{ 'queue-full': AT_THE_QUEUE, 'queue-shrunk': AT_THE_QUEUE, 'link-down-queue': AT_THE_QUEUE },
  ...{ policed: AT_THE_QUEUE, codel: AT_THE_QUEUE, 'cpu-queue-full': AT_THE_QUEUE },
  ...{ mtu: ON_THE_WAY, loss: ON_THE_WAY, partition: ON_THE_WAY, tap: ON_THE_WAY },
  ...{ 'link-down': ON_THE_WAY, 'link-down-in-flight': ON_THE_WAY, 'node-down': ON_THE_WAY },
  ...{ 'no-contact': ON_THE_WAY, 'port-unreachable': ON_THE_WAY, 'no-route': ON_THE_WAY },
};

/**
 * Returns where on a link a loss is drawn, from 0 (sender) to 1 (receiver); the middle for unknown
 * reasons.
 */
export function dropPointOnLink(reason: string): number {
  return DROP_POINTS_ON_LINK[reason] ?? ON_THE_WAY;
}
