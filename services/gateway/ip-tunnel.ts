/**
 * Passes IP packets between the system and a gateway, by a TUN device (services/tun). The node
 * routes the packets that the system sends to the device; packets that the node receives go to the
 * system, which checks and routes them. This file stores no packets: those for which the device has
 * no room wait in the node.
 *
 * @module
 */
import { TunDevice, type TunOptions } from '../tun/index.ts';
import type { GatewayNode } from './gateway-node.ts';

/** Outcomes of packets that never reached a node, so that no node counts them. */
const UNCOUNTED: ReadonlySet<string> = new Set(['node-down', 'no-handler', 'busy']);

/** The tunnel of one gateway. */
export class IpTunnel {
  #device: TunDevice | undefined;
  #lost = 0;
  #problem: string | undefined;

  /**
   * Opens the device, and begins to take all received packets.
   * @param onGone Called once with a sentence if somebody else removes the device.
   * @throws (rejects) TunOpenError.
   */
  static async open(
    node: GatewayNode,
    options: TunOptions,
    onGone: (reason: string) => void,
  ): Promise<IpTunnel> {
    const tunnel = new IpTunnel();
    const done = (outcome: string): void => {
      if (UNCOUNTED.has(outcome)) tunnel.#lost += 1;
    };
    const device = await TunDevice.open(options, {
      onPacket: (packet) => node.route(packet, done),
      onRoom: () => flow.taken(),
      onGone: (reason) => {
        tunnel.#problem = `${options.name} carries no more packets: ${reason}`;
        onGone(tunnel.#problem);
      },
    });
    tunnel.#device = device;
    // The node passes the length of the source, the source and the packet; only the packet goes to
    // the device.
    const flow = node.packets((part) => device.write(part.subarray(1 + (part[0] ?? 0))));
    return tunnel;
  }

  /** Number of packets that the system did not take, or for which there was no node. */
  get lost(): number {
    return this.#lost + (this.#device?.refused ?? 0);
  }

  /** The reason why the tunnel no longer carries packets; undefined as long as it does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Removes the device. */
  close(): void {
    this.#device?.close();
  }
}
