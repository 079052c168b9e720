/**
 * Who hears of packets that wait for their turn: the account of messages, the metrics, and whoever asks how a packet
 * has arrived.
 *
 * @module
 */
import type { DeliveryFacts } from '../../../engine/host/transport.ts';
import type { PacketAccount } from '../account.ts';
import type { PacketReceiverOutput } from '../behaviour.ts';
import type { PeerOutput } from '../peer-output.ts';
import type { ReceiverReporter } from '../reporter.ts';
import type { PacketOrderOutput } from './packet-order.ts';

const METRICS = { gap: 'gateway.order_gaps', late: 'gateway.order_late' } as const;

/** What the peer says and hears of packets that wait for their turn. */
export interface PacketOrderEvents extends Pick<PacketOrderOutput, 'count'> {
  /** How the packet in hand has arrived. */
  readonly arrived: () => DeliveryFacts;
  /** Called before a packet is delivered that arrived so. */
  readonly released: (arrived: DeliveryFacts) => void;
}

/** The events of one peer. */
export function makeOrderEvents(
  output: Pick<PeerOutput, 'perform'>,
  reporter: Pick<ReceiverReporter, 'released'>,
  arrived: () => DeliveryFacts,
): PacketOrderEvents {
  return {
    arrived,
    released: (facts): void => reporter.released(facts),
    count: (what): void => output.perform({ kind: 'count', metric: METRICS[what] }),
  };
}

/** Makes packets that wait for their turn part of the account meanwhile. */
export function orderOutputOf(
  to: { readonly output: PacketReceiverOutput; readonly account: PacketAccount | undefined },
  events: PacketOrderEvents,
): PacketOrderOutput {
  const { output, account } = to;
  return {
    deliver: (packet): void => output.deliver(packet),
    held: (last): DeliveryFacts => {
      account?.held(last);
      return events.arrived();
    },
    deliverHeld: (packet, last, arrived): void => {
      events.released(arrived);
      output.deliver(packet);
      account?.ended(last, 'delivered');
    },
    count: (what): void => events.count(what),
  };
}
