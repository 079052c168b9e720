/**
 * Datagram: the node. A message is a datagram, without a header.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Counter } from '../../engine/host/measure.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import { dscpOfPriority } from '../../engine/pure/traffic-class.ts';
import { PeerDirectory } from '../_kit/peer-directory.ts';
import type { DatagramOptions } from './config.ts';

/** Creates a datagram node on `host`. */
export function createDatagramNode(host: Host, setup: NodeSetup<DatagramOptions>): NodeHandle {
  return new DatagramNode(host, setup);
}

class DatagramNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<DatagramOptions>;
  readonly #peers: PeerDirectory;
  readonly #sent: Counter;
  readonly #received: Counter;
  #socket: DatagramSocket | undefined;

  constructor(host: Host, setup: NodeSetup<DatagramOptions>) {
    this.#host = host;
    this.#setup = setup;
    this.#peers = new PeerDirectory(host, setup.network, setup.options.port);
    this.#sent = host.meter.counter('datagram.sent');
    this.#received = host.meter.counter('datagram.received');
  }

  start(): void {
    const { options } = this.#setup;
    this.#socket = this.#host.udp({
      port: options.port,
      onDatagram: (buffer, offset, length, from) => this.#receive(buffer, offset, length, from),
    });
    if (this.#socket === undefined) this.#host.log.warn(`port ${options.port} is taken`);
    this.#host.onRequest((request) => request.respond(this.#send(request)));
  }

  stop(): void {
    this.#socket?.close();
  }

  #send({ kind, target, body, wishes }: NodeRequest): string {
    const to = this.#peers.endpointOf(target);
    if (kind !== 'send') return 'unknown-request';
    if (to === undefined) return 'unknown-peer';
    if (body.length > this.#setup.options.maxBytes) return 'too-large';
    const socket = this.#socket;
    if (socket === undefined) return 'no-socket';
    const buffer = this.#host.alloc(body.length);
    buffer.set(body);
    // A datagram that the local queue refuses is counted by the network, not here.
    const sent = socket.send(buffer, 0, body.length, to, dscpOfPriority(wishes?.priority));
    if (sent !== 'sent') return 'socket-full';
    this.#sent.add(1);
    return 'ok';
  }

  #receive(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {
    const name = this.#peers.nameOf(from);
    if (name === undefined) {
      this.#host.drop('unknown-peer');
      return;
    }
    this.#received.add(1);
    this.#host.deliver(name, buffer, offset, length);
  }
}
