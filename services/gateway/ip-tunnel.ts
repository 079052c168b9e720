/**
 * IP packets between the system and a gateway, by a TUN device (services/tun): what the system sends to the device is routed by
 * the node, and what the node receives goes to the system, which checks and routes it.
 *
 * Keeps no packets: beyond what waits for the device, they wait in the node.
 *
 * @module
 */
import { TunDevice, type TunOptions } from '../tun/index.ts';
import type { GatewayNode } from './gateway-node.ts';

/** Outcomes of packets that no node has seen, and so none counts. */
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
    // What a node gives: the length of the source, the source, the packet.
    const flow = node.packets((part) => device.write(part.subarray(1 + (part[0] ?? 0))));
    return tunnel;
  }

  /** Number of packets that the system did not take, or for which there was no node. */
  get lost(): number {
    return this.#lost + (this.#device?.refused ?? 0);
  }

  /** Why it carries nothing any more; undefined if it does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Removes the device. */
  close(): void {
    this.#device?.close();
  }
}
