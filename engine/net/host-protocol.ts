/**
 * What the lowest protocol of a host and those above it have in common: the node's handler of requests, the receiver of
 * what the node delivers, and the node's description of a delivery.
 *
 * @module
 */
import type { NodeRequest } from '../host/host.ts';
import type { DeliveryFacts } from '../host/transport.ts';
import type { DeliverySink } from './sim-observers.ts';

/** What the lowest protocol of a host and the layers above it have in common. */
export abstract class HostProtocol {
  /** Receives what the node delivers to its application; undefined if no flow ends at this protocol. */
  onDelivery: DeliverySink | undefined;
  requestHandler: ((request: NodeRequest) => void) | undefined;
  /** True if the protocol keeps the wish `private`, or refuses it itself; otherwise the host refuses it. */
  keepsPrivate = false;
  /** Sender of the message that is being delivered; undefined at any other time. */
  protected deliveringFrom: string | undefined;
  /** Describes a delivery from a sender; the node installs it. */
  private describe: ((from: string) => DeliveryFacts | undefined) | undefined;

  /** See `Host.describeDeliveries`. */
  describeDeliveries(describe: (from: string) => DeliveryFacts | undefined): void {
    this.describe = describe;
  }

  /** Describes how the message that is being delivered has arrived; see `Transport.delivery`. */
  delivery(): DeliveryFacts | undefined {
    return this.deliveringFrom === undefined ? undefined : this.describe?.(this.deliveringFrom);
  }

  /** Removes what the node has installed; called when the node ends. */
  protected forgetNode(): void {
    this.requestHandler = undefined;
    this.describe = undefined;
  }
}
