/**
 * Bulk: the adapter between the port and the streams to and from each peer.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { Listener, SecureOptions, Stream } from '../../engine/host/stream.ts';
import type { BulkOptions } from './config.ts';
import { PACKET_MAX } from './geometry.ts';
import { PacketReader } from './machine.ts';
import { Outgoing } from './outgoing.ts';
import { bulkPeers, pairSecret } from './provisioning.ts';

/** Makes a bulk node on `host`. */
export function createBulk(host: Host, setup: NodeSetup<BulkOptions>): NodeHandle {
  return new BulkNode(host, setup);
}

class BulkNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<BulkOptions>;
  /** Streams that this node opens, by the peer's name. */
  readonly #outgoing = new Map<string, Outgoing>();
  readonly #nameOf = new Map<string, string>();
  #listener: Listener | undefined;
  /** Packets handed over. */
  #packets = 0;

  constructor(host: Host, setup: NodeSetup<BulkOptions>) {
    this.#host = host;
    this.#setup = setup;
  }

  start(): void {
    const { network, options } = this.#setup;
    for (const { name, address } of bulkPeers(this.#host.name, network)) {
      this.#nameOf.set(address, name);
      const to = this.#host.endpoint(address, options.port);
      const secure = this.#secure('client', this.#host.name, name);
      this.#outgoing.set(name, new Outgoing({ host: this.#host, to, secure }));
    }
    this.#listener = this.#host.listen({ port: options.port }, (stream) => this.#accept(stream));
    if (this.#listener === undefined) this.#host.log.warn(`port ${options.port} is taken`);
    this.#host.onRequest((request) => this.#request(request));
  }

  stop(): void {
    this.#listener?.close();
    for (const outgoing of this.#outgoing.values()) outgoing.stop();
  }

  #request(request: NodeRequest): void {
    const outgoing = this.#outgoing.get(request.target);
    const refusal = this.#refusal(request, outgoing);
    if (refusal === undefined) outgoing?.send(request);
    else request.respond(refusal);
  }

  #refusal({ kind, body }: NodeRequest, outgoing: Outgoing | undefined): string | undefined {
    if (kind !== 'send') return 'unknown-request';
    if (outgoing === undefined) return 'unknown-peer';
    if (body.length === 0) return 'empty';
    return body.length > PACKET_MAX ? 'too-large' : undefined;
  }

  #accept(stream: Stream): void {
    const peer = this.#nameOf.get(this.#host.endpointOf(stream.remote).address);
    if (peer === undefined) {
      this.#host.drop('unknown-peer');
      stream.reset();
      return;
    }
    const reader = new PacketReader((buffer, offset, length) => {
      this.#packets += 1;
      const isDamaged = this.#setup.options.double === 'flip' && this.#packets % 100 === 0;
      if (isDamaged) buffer[offset] = (buffer[offset] ?? 0) ^ 1;
      this.#host.deliver(peer, buffer, offset, length);
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#host.drop('bad-length');
        stream.reset();
      },
      onEnd: () => {
        if (!reader.isBetweenPackets) this.#host.drop('truncated');
        stream.end();
      },
      onClose: (error) => {
        if (error !== undefined) this.#host.meter.counter('bulk.resets').add(1);
      },
    });
    const secure = this.#secure('server', peer, this.#host.name);
    // A handshake that fails ends the stream, which is counted there.
    if (secure !== undefined) stream.secure(secure, () => undefined);
  }

  /** The key of a pair is that of the opening and the accepting node, in this order. */
  #secure(role: SecureOptions['role'], from: string, to: string): SecureOptions | undefined {
    const { network, options } = this.#setup;
    if (options.secure === 'none') return undefined;
    return { role, psk: { identity: from, key: network.shared(pairSecret(from, to)) } };
  }
}
