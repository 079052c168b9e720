/**
 * Ping: the adapter between the port and the machine.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { Timer } from '../../engine/host/time.ts';
import type { PingOptions } from './config.ts';
import { BODY_MAX, HEADER_LENGTH } from './geometry.ts';
import { type PingEffect, PingMachine } from './machine.ts';
import { decodeHeader, encodeHeader } from './wire.ts';

/** Creates a ping node on `host`. */
export function createPing(host: Host, setup: NodeSetup<PingOptions>): NodeHandle {
  return new PingNode(host, setup);
}

interface Datagram {
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly from: Endpoint;
}

class PingNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<PingOptions>;
  readonly #machine: PingMachine;
  readonly #names = new Map<Endpoint, string>();
  readonly #endpoints = new Map<string, Endpoint>();
  #socket: DatagramSocket | undefined;
  #timer: Timer | undefined;

  constructor(host: Host, setup: NodeSetup<PingOptions>) {
    this.#host = host;
    this.#setup = setup;
    this.#machine = new PingMachine(setup.options.timeout);
  }

  start(): void {
    const { network, options } = this.#setup;
    for (const peer of network.hosts) {
      const endpoint = this.#host.endpoint(peer.address, options.port);
      this.#endpoints.set(peer.name, endpoint);
      this.#names.set(endpoint, peer.name);
    }
    this.#socket = this.#host.udp({
      port: options.port,
      onDatagram: (buffer, offset, length, from) => this.#receive(buffer, offset, length, from),
    });
    this.#host.onRequest((request) => this.#request(request));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#socket?.close();
  }

  #request(request: NodeRequest): void {
    request.respond(this.#send(request.kind, request.target, request.body));
  }

  /** Sends one request; returns `ok` or the name of the refusal. */
  #send(kind: string, target: string, body: Uint8Array): string {
    const to = this.#endpoints.get(target);
    if (kind !== 'send') return 'unknown-request';
    if (to === undefined) return 'unknown-peer';
    if (body.length > BODY_MAX) return 'too-large';
    const effect = this.#machine.step(this.#host.now(), { kind: 'application-send' });
    if (effect.kind !== 'send-request') return 'too-many-outstanding';
    const length = HEADER_LENGTH + body.length;
    const buffer = this.#host.alloc(length);
    encodeHeader({ kind: 'request', identifier: effect.identifier }, buffer, 0);
    buffer.set(body, HEADER_LENGTH);
    this.#host.meter.counter('ping.requests').add(1);
    this.#socket?.send(buffer, 0, length, to);
    this.#armTimer();
    return 'ok';
  }

  #receive(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {
    const header = decodeHeader(buffer, offset, length);
    const name = this.#names.get(from);
    if (typeof header === 'string') {
      this.#host.drop(header);
    } else if (header.kind === 'reply') {
      const { identifier } = header;
      this.#perform(this.#machine.step(this.#host.now(), { kind: 'reply', identifier }));
    } else if (name === undefined) {
      this.#host.drop('unknown-peer');
    } else {
      this.#answer({ buffer, offset, length, from }, name, header.identifier);
    }
  }

  #answer(datagram: Datagram, name: string, identifier: number): void {
    const { buffer, offset, length, from } = datagram;
    this.#host.deliver(name, buffer, offset + HEADER_LENGTH, length - HEADER_LENGTH);
    // The reply is the request in place: same buffer, different kind, only the header rewritten.
    encodeHeader({ kind: 'reply', identifier }, buffer, offset);
    this.#socket?.send(buffer, offset, HEADER_LENGTH, from);
  }

  #perform(effect: PingEffect): void {
    switch (effect.kind) {
      case 'measured':
        this.#host.meter.histogram('ping.rtt').record(effect.rttNs);
        return;
      case 'lost':
        this.#host.meter.counter('ping.lost').add(effect.count);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'send-request':
      case 'refuse':
        return;
    }
  }

  #armTimer(): void {
    const deadline = this.#machine.deadline();
    if (deadline === undefined || this.#timer?.isPending === true) return;
    const delay = Math.max(0, deadline - this.#host.now());
    this.#timer = this.#host.after(delay, () => {
      this.#perform(this.#machine.step(this.#host.now(), { kind: 'timer' }));
      this.#armTimer();
    });
  }
}
