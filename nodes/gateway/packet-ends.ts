/**
 * The two ends of the flow of packets between this gateway and one peer: the sending end makes
 * frames from packets, and the receiving end makes packets from frames.
 *
 * @module
 */
import type { DeliveryFacts } from '../../engine/host/transport.ts';
import { PacketReceiver } from './arrivals.ts';
import { PacketSender } from './departures.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerOutput } from './peer-output.ts';
import type { PeerTraceWriter } from './peer-trace.ts';
import type { ReceiverReporter } from './reporter.ts';
import { PacketNumbers } from './striping/packet-number.ts';

const ORDER_METRICS = { gap: 'gateway.order_gaps', late: 'gateway.order_late' } as const;

/**
 * Makes both ends for the peer `name`. With striping, the sending end numbers the packets, and the
 * receiving end puts them in order.
 */
export function makePacketEnds(
  name: string,
  { options, accountOf, behaviour, moment }: PeerContext,
  parts: {
    readonly output: PeerOutput;
    readonly reporter: ReceiverReporter;
    readonly arrived: () => DeliveryFacts;
    readonly peerTrace: PeerTraceWriter | undefined;
  },
): { readonly arrivals: PacketReceiver; readonly departures: PacketSender } {
  const { output, reporter, arrived, peerTrace } = parts;
  const { arrivals, leaving } = behaviour;
  const account = accountOf(name);
  const isStriping = options.multipath.strategy === 'striping';
  const order = isStriping
    ? {
        arrived,
        released: (facts: DeliveryFacts): void => reporter.released(facts),
        count: (what: keyof typeof ORDER_METRICS): void =>
          output.perform({ kind: 'count', metric: ORDER_METRICS[what] }),
      }
    : undefined;
  const numbers = isStriping ? new PacketNumbers(() => moment().clockUs) : undefined;
  return {
    arrivals: new PacketReceiver({ output: arrivals(output), account, order }),
    departures: new PacketSender({ output, leaving, account, peerTrace, numbers }),
  };
}
