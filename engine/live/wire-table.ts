/**
 * The real sockets of one live world, one per bound endpoint, and what passed through them.
 *
 * What was written and did not come back out was lost in the kernel (a full receive buffer);
 * comparing counters at both ends finds it without reading `/proc` (spec/simulation.md 9.3).
 *
 * @module
 */
import type { Endpoint } from '../host/socket.ts';
import type { EndpointTable } from '../net/endpoint-table.ts';
import type { PortPlan } from './port-plan.ts';
import { UdpWire, type WireTarget } from './udp-wire.ts';

/** Senders outside this world that are told apart; more share the fate of being ignored. */
const FOREIGN_ENDPOINTS_MAX = 65_536;

/** Gets the datagrams of one socket. */
export interface WireUser {
  /** Index of the host that bound it. */
  readonly host: number;
  readonly onDatagram: (bytes: Uint8Array, from: Endpoint) => void;
  readonly onError: (reason: string) => void;
}

/** Totals of one world. */
export interface WireCounts {
  /** Datagrams handed to the kernel for sockets of this world. */
  readonly written: number;
  /** Of those, received. */
  readonly received: number;
  /**
   * Datagrams whose sending socket was closed, or whose queue was full, when they left the link; or
   * that still waited when the port had to be free.
   */
  readonly unsent: number;
  /** Datagrams from outside this world. */
  readonly foreign: number;
}

/** What a table is made of. */
export interface WireTableParts {
  readonly endpoints: EndpointTable;
  /** True for addresses of hosts of the run that are in other processes. */
  readonly isPeer: (address: string) => boolean;
  /** Takes the buffers of datagrams that have left. */
  readonly release: (buffer: Uint8Array) => void;
  /** Where the sockets really are; at their own addresses when absent. */
  readonly ports?: PortPlan | undefined;
}

interface OpenWire {
  readonly wire: UdpWire;
  readonly host: number;
  readonly place: string;
}

/** Who sent last to a socket: that of a link hears one neighbour only. */
interface LastSender {
  address: string;
  port: number;
  endpoint: Endpoint;
}

/** See the module. */
export class WireTable {
  /** Smallest receive buffer that the system granted, bytes. */
  receiveBufferBytes = Number.POSITIVE_INFINITY;
  /** Where the sockets really are; at their own addresses when undefined. */
  readonly ports: PortPlan | undefined;
  readonly #endpoints: EndpointTable;
  readonly #isPeer: (address: string) => boolean;
  readonly #open: (OpenWire | undefined)[] = [];
  /** True at endpoints that sockets of this world have, or had. */
  readonly #isOwn: boolean[] = [];
  readonly #senders = new Map<string, Map<number, Endpoint>>();
  readonly #release: (buffer: Uint8Array) => void;
  /** Closed wires whose last datagrams have not left, by where they really are. */
  readonly #draining = new Map<string, UdpWire>();
  #foreignEndpoints = 0;
  #written = 0;
  #received = 0;
  #unsent = 0;
  #foreign = 0;

  constructor(parts: WireTableParts) {
    this.#endpoints = parts.endpoints;
    this.#isPeer = parts.isPeer;
    this.#release = parts.release;
    this.ports = parts.ports;
  }

  get counts(): WireCounts {
    return {
      written: this.#written,
      received: this.#received,
      unsent: this.#unsent,
      foreign: this.#foreign,
    };
  }

  /** Binds a real socket at `local`; returns the name of the error when there is one. */
  open(local: Endpoint, user: WireUser): string | undefined {
    const pair = this.#endpoints.pairOf(local);
    const real = this.ports === undefined ? pair : this.ports.open(pair);
    if (real === undefined) return 'EADDRNOTAVAIL';
    // Who closes a port may have it again at once.
    this.#draining.get(keyOf(real))?.abandon();
    const last: LastSender = { address: '', port: -1, endpoint: -1 };
    const wire = UdpWire.bind(real.address, real.port, {
      onMessage: (bytes, address, port): void => {
        // hot: once per datagram and hop.
        const isLast = port === last.port && address === last.address;
        const from = isLast ? last.endpoint : this.#sender(last, address, port);
        if (from !== undefined) this.#receive(user, bytes, from);
      },
      onError: user.onError,
      onSent: this.#release,
    });
    if (typeof wire === 'string') {
      this.ports?.close(pair);
      return wire;
    }
    this.receiveBufferBytes = Math.min(this.receiveBufferBytes, wire.receiveBufferBytes);
    this.#open[local] = { wire, host: user.host, place: keyOf(real) };
    this.#isOwn[local] = true;
    return undefined;
  }

  // hot: once per datagram and hop.
  /**
   * Sends from the real socket at `from`.
   * @param bytes Must stay as they are until `buffer`, which holds them, has been released.
   */
  send(from: Endpoint, bytes: Uint8Array, to: WireTarget, buffer: Uint8Array = bytes): void {
    const real = this.ports === undefined ? to : this.ports.find(to);
    const wire = this.#open[from]?.wire;
    const result = real === undefined ? 'full' : (wire?.send(bytes, real, buffer) ?? 'full');
    if (result === 'taken') {
      this.#written += 1;
      return;
    }
    this.#unsent += 1;
    this.#release(buffer);
  }

  /** Closes a socket; datagrams that wait in it leave before its port is free. */
  close(local: Endpoint): void {
    const open = this.#open[local];
    if (open === undefined) return;
    const { wire, place } = open;
    this.ports?.close(this.#endpoints.pairOf(local));
    this.#open[local] = undefined;
    this.#draining.set(place, wire);
    wire.close();
    wire.onceFreed(() => {
      if (this.#draining.get(place) === wire) this.#draining.delete(place);
      this.#written -= wire.lost;
      this.#unsent += wire.lost;
    });
  }

  /** Resolves when the ports of all closed sockets are free. */
  async drained(): Promise<void> {
    const wires = [...this.#draining.values()];
    await Promise.all(wires.map((wire) => new Promise<void>((free) => wire.onceFreed(free))));
  }

  /** Closes the sockets of one host, or all. */
  closeAll(host?: number): void {
    for (const [local, open] of this.#open.entries()) {
      if (open !== undefined && (host === undefined || open.host === host)) this.close(local);
    }
  }

  #receive(user: WireUser, bytes: Uint8Array, from: Endpoint): void {
    if (this.#isOwn[from] === true) this.#received += 1;
    else this.#foreign += 1;
    user.onDatagram(bytes, from);
  }

  /** The sender's place in the world, remembered for the next datagram. */
  #sender(last: LastSender, address: string, port: number): Endpoint | undefined {
    const from = this.ports === undefined ? this.#at(address, port) : this.#behind(address, port);
    // Behind a port plan an address may change hands, so that it is asked each time.
    if (from !== undefined && this.ports === undefined) {
      last.address = address;
      last.port = port;
      last.endpoint = from;
    }
    return from;
  }

  #at(address: string, port: number): Endpoint | undefined {
    return this.#senders.get(address)?.get(port) ?? this.#meet(address, port);
  }

  /** As {@link #at}, with the place that the sender has inside the world. */
  #behind(address: string, port: number): Endpoint | undefined {
    const place = this.ports?.whose(address, port) ?? { address, port };
    return this.#at(place.address, place.port);
  }

  /** Interns a sender; undefined when too many strangers have been seen. */
  #meet(address: string, port: number): Endpoint | undefined {
    if (this.#foreignEndpoints >= FOREIGN_ENDPOINTS_MAX) {
      this.#foreign += 1;
      return undefined;
    }
    const endpoint = this.#endpoints.intern(address, port);
    if (this.#isPeer(address)) this.#isOwn[endpoint] = true;
    if (this.#isOwn[endpoint] !== true) this.#foreignEndpoints += 1;
    const ports = this.#senders.get(address) ?? new Map<number, Endpoint>();
    this.#senders.set(address, ports.set(port, endpoint));
    return endpoint;
  }
}

function keyOf({ address, port }: WireTarget): string {
  return `${address}:${port}`;
}
