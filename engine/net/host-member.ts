/**
 * What the protocols of a host have in common, the lowest one and those above it: who hears its
 * requests, who takes what it delivers, and what it says of a delivery to a receiver that asks.
 *
 * @module
 */
import type { NodeRequest } from '../host/host.ts';
import type { DeliveryFacts } from '../host/transport.ts';
import type { DeliverySink } from './sim-observers.ts';

/** What the lowest protocol of a host and the layers above it have in common. */
export abstract class HostProtocol {
  /** Receives what the node delivers to its application, if this is where a flow ends. */
  onDelivery: DeliverySink | undefined;
  requestHandler: ((request: NodeRequest) => void) | undefined;
  /** Sender of the message that is being delivered; undefined at any other time. */
  protected deliveringFrom: string | undefined;
  /** How this life describes deliveries. */
  private describe: ((from: string) => DeliveryFacts | undefined) | undefined;

  /** See `Host.describeDeliveries`. */
  describeDeliveries(describe: (from: string) => DeliveryFacts | undefined): void {
    this.describe = describe;
  }

  /** How the message came that the receiver of a delivery has before it; see `Transport.delivery`. */
  delivery(): DeliveryFacts | undefined {
    return this.deliveringFrom === undefined ? undefined : this.describe?.(this.deliveringFrom);
  }

  /** The life ends, and with it what its node has installed. */
  protected forgetNode(): void {
    this.requestHandler = undefined;
    this.describe = undefined;
  }
}
