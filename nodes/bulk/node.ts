/**
 * Bulk: connects the streams to and from each peer to the interface of its host (engine/host/host.ts).
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { Listener, Stream, StreamTlsOptions } from '../../engine/host/stream.ts';
import { PacketReporter } from './account.ts';
import { type BulkBehaviour, CORRECT_BEHAVIOUR, type ReceivedPacketHandler } from './behaviour.ts';
import type { BulkOptions } from './config.ts';
import { PACKET_BYTES_MAX } from './geometry.ts';
import { IncomingMachineAdapter } from './incoming-node.ts';
import { OutgoingMachineAdapter } from './outgoing-node.ts';
import { bulkPeers, pairSecretName } from './provisioning.ts';

/** Creates a bulk node on `host`. */
export function createBulkNode(
  host: Host,
  setup: NodeSetup<BulkOptions>,
  behaviour: BulkBehaviour = CORRECT_BEHAVIOUR,
): NodeHandle {
  return new BulkNode(host, setup, behaviour);
}

class BulkNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<BulkOptions>;
  readonly #behaviour: BulkBehaviour;
  readonly #handOver: ReceivedPacketHandler;
  /** Streams that this node opens, by the peer's name. */
  readonly #outgoing = new Map<string, OutgoingMachineAdapter>();
  readonly #incoming = new Map<string, IncomingMachineAdapter>();
  readonly #nameOf = new Map<string, string>();
  /** Reports packets for the account of messages; absent when there is none. */
  readonly #account: PacketReporter | undefined;
  #listener: Listener | undefined;

  constructor(host: Host, setup: NodeSetup<BulkOptions>, behaviour: BulkBehaviour) {
    this.#host = host;
    this.#setup = setup;
    this.#behaviour = behaviour;
    const { observer } = setup;
    this.#account = observer === undefined ? undefined : new PacketReporter(observer);
    const deliver = behaviour.deliver((peer, packet) =>
      host.deliver(peer, packet, 0, packet.length),
    );
    this.#handOver = behaviour.handOver((peer, packet) => {
      this.#account?.taken(packet, 'delivered');
      deliver(peer, packet);
    });
  }

  start(): void {
    const { network, options } = this.#setup;
    const { name: own } = this.#host;
    const store = this.#behaviour.outbox(this.#host.store('outbox'));
    for (const { name: peer, address } of bulkPeers(own, network)) {
      this.#nameOf.set(address, peer);
      const to = this.#host.endpoint(address, options.port);
      const secure = this.#secure('client', own, peer);
      const parts = { host: this.#host, peer, to, store, secure };
      this.#outgoing.set(peer, new OutgoingMachineAdapter({ ...parts, account: this.#account }));
    }
    this.#listener = this.#host.listen({ port: options.port }, (stream) => this.#accept(stream));
    if (this.#listener === undefined) this.#host.log.warn(`port ${options.port} is taken`);
    this.#host.onRequest((request) => this.#request(request));
    for (const outgoing of this.#outgoing.values()) outgoing.start();
    this.#recall();
  }

  /**
   * Reads from disk how many packets were handed over before a restart, so that they are counted.
   */
  #recall(): void {
    if (this.#setup.options.expects === undefined) return;
    for (const peer of this.#outgoing.keys()) this.#incomingFrom(peer);
    this.#checkDone();
  }

  #checkDone(): void {
    const { expects } = this.#setup.options;
    if (expects === undefined) return;
    const handed = [...this.#incoming.values()].reduce((sum, one) => sum + one.handed, 0);
    if (handed >= expects) this.#host.finished();
  }

  stop(): void {
    this.#listener?.close();
    for (const outgoing of this.#outgoing.values()) outgoing.stop();
  }

  holding(): number {
    const all = [...this.#outgoing.values(), ...this.#incoming.values()];
    return all.reduce((sum, { holding }) => sum + holding, 0);
  }

  status(): Readonly<Record<string, unknown>> {
    const peers = [...this.#outgoing].map(([name, { open }]) => ({ name, unconfirmed: open }));
    return { peers };
  }

  #request(request: NodeRequest): void {
    const outgoing = this.#outgoing.get(request.target);
    const refusal = this.#refusal(request, outgoing);
    if (refusal !== undefined) request.respond(refusal);
    else if (request.kind === 'send') outgoing?.send(request);
    else {
      const after = (delayNs: number, act: () => void): unknown => this.#host.after(delayNs, act);
      this.#behaviour.flush(() => outgoing?.flush(request), after);
    }
  }

  #refusal(
    { kind, body }: NodeRequest,
    outgoing: OutgoingMachineAdapter | undefined,
  ): string | undefined {
    if (kind !== 'send' && kind !== 'flush') return 'unknown-request';
    if (outgoing === undefined) return 'unknown-peer';
    if (kind === 'flush') return undefined;
    if (body.length === 0) return 'empty';
    return body.length > PACKET_BYTES_MAX ? 'too-large' : undefined;
  }

  #accept(stream: Stream): void {
    const peer = this.#nameOf.get(this.#host.endpointOf(stream.remote).address);
    if (peer === undefined) {
      this.#host.drop('unknown-peer');
      stream.reset();
      return;
    }
    this.#incomingFrom(peer).accept(stream);
    const secure = this.#secure('server', peer, this.#host.name);
    // A failed handshake closes the stream, and IncomingMachineAdapter counts it then.
    if (secure !== undefined) stream.secure(secure, () => undefined);
  }

  #incomingFrom(peer: string): IncomingMachineAdapter {
    const known = this.#incoming.get(peer);
    if (known !== undefined) return known;
    const made = new IncomingMachineAdapter({
      host: this.#host,
      peer,
      store: this.#behaviour.inbox(this.#host.store('inbox')),
      handOver: (packet): void => this.#handOver(peer, packet),
      handedOver: (): void => this.#checkDone(),
      account: this.#account,
    });
    this.#incoming.set(peer, made);
    return made;
  }

  #secure(role: StreamTlsOptions['role'], from: string, to: string): StreamTlsOptions | undefined {
    const { network, options } = this.#setup;
    if (options.secure === 'none') return undefined;
    return { role, psk: { identity: from, key: network.shared(pairSecretName(from, to)) } };
  }
}
