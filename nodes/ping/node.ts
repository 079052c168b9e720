/**
 * Ping: connects the machine to the interface of its host (engine/host/host.ts).
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import { dscpOfPriority } from '../../engine/pure/traffic-class.ts';
import { PeerDirectory } from '../_kit/peer-directory.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { PingOptions } from './config.ts';
import { BODY_BYTES_MAX, HEADER_BYTES } from './geometry.ts';
import { type PingEffect, type PingInput, PingMachine } from './machine.ts';
import { decodeHeader, encodeHeader } from './wire.ts';

/** Creates a ping node on `host`. */
export function createPingNode(host: Host, setup: NodeSetup<PingOptions>): NodeHandle {
  return new PingNode(host, setup);
}

interface Datagram {
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly from: Endpoint;
}

/** A request as the machine hands it back, with a buffer of its own. */
interface Outgoing {
  readonly buffer: Uint8Array;
  readonly length: number;
  readonly to: Endpoint;
  readonly dscp: number;
  readonly respond: (outcome: string) => void;
}

type Effect = PingEffect<Outgoing>;

class PingNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<PingOptions>;
  readonly #shell: StateMachineRunner<PingInput<Outgoing>, Effect>;
  readonly #peers: PeerDirectory;
  #socket: DatagramSocket | undefined;

  constructor(host: Host, setup: NodeSetup<PingOptions>) {
    this.#host = host;
    this.#setup = setup;
    this.#peers = new PeerDirectory(host, setup.network, setup.options.port);
    const machine = new PingMachine<Outgoing>(setup.options.timeout);
    this.#shell = new StateMachineRunner(host, machine, (effect) => this.#perform(effect), 'lazy');
  }

  start(): void {
    const { options } = this.#setup;
    this.#socket = this.#host.udp({
      port: options.port,
      onDatagram: (buffer, offset, length, from) => this.#receive(buffer, offset, length, from),
    });
    this.#host.onRequest((request) => this.#request(request));
  }

  stop(): void {
    this.#shell.stop();
    this.#socket?.close();
  }

  #request(request: NodeRequest): void {
    const { kind, target, body, wishes } = request;
    const to = this.#peers.endpointOf(target);
    if (kind !== 'send') request.respond('unknown-request');
    else if (to === undefined) request.respond('unknown-peer');
    else if (body.length > BODY_BYTES_MAX) request.respond('too-large');
    else {
      const length = HEADER_BYTES + body.length;
      const buffer = this.#host.alloc(length);
      buffer.set(body, HEADER_BYTES);
      const respond = (outcome: string): void => request.respond(outcome);
      const dscp = dscpOfPriority(wishes?.priority);
      const outgoing = { buffer, length, to, dscp, respond };
      this.#shell.take({ kind: 'application-send', request: outgoing });
    }
  }

  #receive(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {
    const header = decodeHeader(buffer, offset, length);
    const name = this.#peers.nameOf(from);
    if (typeof header === 'string') {
      this.#host.drop(header);
    } else if (header.kind === 'reply') {
      this.#shell.take({ kind: 'reply', identifier: header.identifier });
    } else if (name === undefined) {
      this.#host.drop('unknown-peer');
    } else {
      this.#answer({ buffer, offset, length, from }, name, header.identifier);
    }
  }

  #answer(datagram: Datagram, name: string, identifier: number): void {
    const { buffer, offset, length, from } = datagram;
    this.#host.deliver(name, buffer, offset + HEADER_BYTES, length - HEADER_BYTES);
    // The reply is the request in place: same buffer, different kind, only the header rewritten.
    encodeHeader({ kind: 'reply', identifier }, buffer, offset);
    this.#socket?.send(buffer, offset, HEADER_BYTES, from);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'send-request':
        this.#sendRequest(effect.identifier, effect.request);
        return;
      case 'refuse':
        this.#host.release(effect.request.buffer);
        effect.request.respond(effect.reason);
        return;
      case 'measured':
        this.#host.meter.histogram('ping.rtt').record(effect.rttNs);
        return;
      case 'lost':
        this.#host.meter.counter('ping.lost').add(effect.count);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
    }
  }

  #sendRequest(identifier: number, { buffer, length, to, dscp, respond }: Outgoing): void {
    encodeHeader({ kind: 'request', identifier }, buffer, 0);
    this.#host.meter.counter('ping.requests').add(1);
    this.#socket?.send(buffer, 0, length, to, dscp);
    respond('ok');
  }
}
