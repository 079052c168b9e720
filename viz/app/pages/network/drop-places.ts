/**
 * Where on its link a loss is drawn. Uses no DOM.
 *
 * @module
 */

/** Shares of the way on a link: where its queue and its policer are, and what is lost later. */
const AT_THE_QUEUE = 0.08;
const ON_THE_WAY = 0.5;

/** Where on its link a loss is drawn, by its reason. */
export const DROP_PLACES: Readonly<Record<string, number>> = {
  ...{ 'queue-full': AT_THE_QUEUE, 'queue-shrunk': AT_THE_QUEUE, 'link-down-queue': AT_THE_QUEUE },
  ...{ policed: AT_THE_QUEUE, codel: AT_THE_QUEUE, 'cpu-queue-full': AT_THE_QUEUE },
  ...{ mtu: ON_THE_WAY, loss: ON_THE_WAY, partition: ON_THE_WAY, tap: ON_THE_WAY },
  ...{ 'link-down': ON_THE_WAY, 'link-down-in-flight': ON_THE_WAY, 'node-down': ON_THE_WAY },
  ...{ 'no-contact': ON_THE_WAY, 'port-unreachable': ON_THE_WAY, 'no-route': ON_THE_WAY },
};

/** The share of the way at which a loss is drawn; in the middle for reasons of other versions. */
export function shareOf(reason: string): number {
  return DROP_PLACES[reason] ?? ON_THE_WAY;
}
