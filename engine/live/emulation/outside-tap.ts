/**
 * Connects outside programs to the virtual network: real UDP sockets on the addresses of hosts
 * (docs/how-to/emulate.md).
 *
 * A program is bound to an address of its own. It sends datagrams to the address of a neighbour, where one of our
 * sockets receives them. The datagram enters the virtual network as one of the program's host, from the program's
 * source port. A datagram that arrives at the program's host is written to the program from our socket at the sender's
 * address and port, so both sides see plain UDP between the addresses of the topology.
 *
 * Sockets are bound for the listening ports of every program, for the sockets of virtual nodes that
 * are its neighbours, and, on demand, for the source ports of programs. The number of sockets for source
 * ports is bounded: the least recently used one is replaced. The pacer decides when events happen.
 *
 * @module
 */
import type { Endpoint } from '../../host/socket.ts';
import type { EndpointTable } from '../../net/endpoint-table.ts';
import type { SimHost } from '../../net/sim-host.ts';
import { systemErrorText } from '../environment.ts';
import { BoundUdpSocket } from '../udp-wire.ts';
import { OutsideProgramError } from './outside-error.ts';
import { OutsideStreams } from './outside-streams.ts';
import type { Pacer } from './pacer.ts';

/** A host that is an outside program. */
export interface OutsideHostSpec {
  readonly name: string;
  /** Address to which the program is bound. */
  readonly program: string;
  /** Ports on which it listens. */
  readonly ports: readonly number[];
}

/** Reasons why a datagram did not pass between a program and its host, each with a sentence that explains it. */
export const OUTSIDE_DROP_REASONS = {
  'unknown-source': 'It came from an address that no program of the topology has.',
  'not-running': 'The run had not begun, or had ended.',
  'sender-port-unavailable': 'No socket could be bound for the port that it was sent from.',
  'sender-unbound': 'No socket represents its sender, so the program could not tell who sent it.',
  'send-queue-full': 'The system accepted no more datagrams for the program.',
} as const;

/** Name of a reason in {@link OUTSIDE_DROP_REASONS}. */
export type OutsideDropReason = keyof typeof OUTSIDE_DROP_REASONS;

/**
 * Largest number of ports from which a program may send, in addition to those on which it listens;
 * the least recently used one is replaced.
 */
const SENDER_PORTS_MAX = 512;
/** Largest number of sockets of one run; systems allow at least some thousand open files. */
const SOCKETS_MAX = 16_384;
/** Largest number of unknown senders that the report names. */
const UNKNOWN_SENDERS_NAMED_MAX = 8;

/** An outside program's host, with the sockets that send for the program. */
interface OutsideHost {
  readonly host: SimHost;
  readonly spec: OutsideHostSpec;
  /** Virtual sockets that send for the program, by port: of its listening ports, and of others in order of last use. */
  readonly listening: Map<number, SendingSocket>;
  readonly learned: Map<number, SendingSocket>;
  sent: number;
  received: number;
}

type SendingSocket = NonNullable<ReturnType<SimHost['udp']>>;

/** Numbers of datagrams that passed between a program and its host. */
export interface OutsideDatagramCounts {
  readonly name: string;
  /** Number of datagrams from the program into the network. */
  readonly sent: number;
  /** Number of datagrams from the network to the program. */
  readonly received: number;
}

/** Passes UDP datagrams between outside programs and the virtual network, over real sockets. */
export class OutsideProgramBridge {
  readonly #pacer: Pacer;
  readonly #endpoints: EndpointTable;
  readonly #specs: ReadonlyMap<string, OutsideHostSpec>;
  readonly #byIndex: (OutsideHost | undefined)[] = [];
  readonly #byProgram = new Map<string, OutsideHost>();
  readonly #wires: (BoundUdpSocket | undefined)[] = [];
  readonly #drops = new Map<OutsideDropReason, number>();
  readonly #strangers = new Set<string>();
  readonly #senderPortsMax: number;
  readonly #streams: OutsideStreams;
  #wireCount = 0;

  constructor(parts: {
    readonly pacer: Pacer;
    readonly endpoints: EndpointTable;
    readonly specs: readonly OutsideHostSpec[];
    readonly senderPortsMax?: number | undefined;
  }) {
    this.#senderPortsMax = parts.senderPortsMax ?? SENDER_PORTS_MAX;
    this.#pacer = parts.pacer;
    this.#endpoints = parts.endpoints;
    this.#specs = new Map(parts.specs.map((spec) => [spec.name, spec]));
    this.#streams = new OutsideStreams({
      pacer: parts.pacer,
      endpoints: parts.endpoints,
      hostOf: (address): SimHost | undefined => this.#byProgram.get(address)?.host,
      drop: (reason): void => this.#drop(reason),
    });
  }

  /** Number of datagrams lost between programs and the network, by reason. */
  get drops(): ReadonlyMap<OutsideDropReason, number> {
    return this.#drops;
  }

  /** The first few datagrams from senders that belong to no host, as `address:port to address:port`. */
  get strangers(): readonly string[] {
    return [...this.#strangers];
  }

  get counts(): readonly OutsideDatagramCounts[] {
    return this.#byIndex.flatMap((outside) => {
      if (outside === undefined) return [];
      const { spec, sent, received } = outside;
      return [{ name: spec.name, sent, received }];
    });
  }

  /** True if the host with that name is a program. */
  isOutside(name: string): boolean {
    return this.#specs.has(name);
  }

  /** True if the host with that index is a program; only after {@link open}. */
  isOpen(index: number): boolean {
    return this.#byIndex[index] !== undefined;
  }

  /**
   * Binds the listening ports of a program's host.
   * @throws OutsideProgramError when one of them is taken.
   */
  open(host: SimHost): void {
    const spec = this.#specs.get(host.name);
    if (spec === undefined) return;
    const listening = new Map<number, SendingSocket>();
    const outside = { host, spec, listening, learned: new Map(), sent: 0, received: 0 };
    this.#byIndex[host.index] = outside;
    this.#byProgram.set(spec.program, outside);
    for (const port of spec.ports) {
      const socket = this.#bindHost(host, port);
      if (socket === undefined)
        throw new OutsideProgramError(`port ${port} is used twice`, { host: host.name });
      listening.set(port, socket);
      const failure = this.expose(socket.local);
      if (failure !== undefined) throw new OutsideProgramError(failure, { host: host.name });
    }
  }

  /**
   * Binds a real socket for a socket of the virtual network, so that programs can send to it.
   * @returns the reason, in words, why the socket cannot be bound; undefined if it was bound.
   */
  expose(local: Endpoint): string | undefined {
    const failure = this.#bindWire(local);
    if (failure === undefined) return undefined;
    const { address, port } = this.#endpoints.pairOf(local);
    return `UDP ${address}:${port} cannot be bound: ${systemErrorText(failure)}`;
  }

  /** Makes a listener of the virtual network reachable for programs. @param onFailure Called if the system refuses it. */
  exposeListener(local: Endpoint, onFailure: (message: string) => void): void {
    this.#streams.expose(local, onFailure);
  }

  /**
   * Writes a datagram that has arrived at a program's host to the program.
   * @param index Index of the host.
   * @param bytes The datagram; the array belongs to this method from now on.
   */
  deliver(index: number, bytes: Uint8Array, from: Endpoint, to: Endpoint): void {
    const outside = this.#byIndex[index];
    if (outside === undefined) return;
    const wire = this.#wires[from];
    if (wire === undefined) {
      this.#drop('sender-unbound');
      return;
    }
    const { port } = this.#endpoints.pairOf(to);
    if (wire.send(bytes, { address: outside.spec.program, port }) === 'full') {
      this.#drop('send-queue-full');
      return;
    }
    outside.received += 1;
  }

  close(): void {
    for (const wire of this.#wires) wire?.close();
    this.#wires.length = 0;
    this.#streams.close();
  }

  #receive(to: Endpoint, bytes: Uint8Array, address: string, port: number): void {
    const outside = this.#byProgram.get(address);
    if (outside === undefined) {
      this.#meetStranger(to, address, port);
      return;
    }
    if (!this.#pacer.isRunning) {
      this.#drop('not-running');
      return;
    }
    this.#pacer.enter(() => {
      const socket = this.#socketOf(outside, port);
      if (socket === undefined) {
        this.#drop('sender-port-unavailable');
        return;
      }
      const { host } = outside;
      const buffer = host.alloc(bytes.length);
      buffer.set(bytes);
      outside.sent += 1;
      socket.send(buffer, 0, bytes.length, to);
    });
  }

  /** The virtual socket for a port of a program. */
  #socketOf(outside: OutsideHost, port: number): SendingSocket | undefined {
    const { host, listening, learned } = outside;
    const fixed = listening.get(port);
    if (fixed !== undefined) return fixed;
    const known = learned.get(port);
    if (known !== undefined) {
      learned.delete(port);
      learned.set(port, known);
      return known;
    }
    if (learned.size >= this.#senderPortsMax) this.#forgetOldest(learned);
    const socket = this.#bindHost(host, port);
    if (socket === undefined) return undefined;
    if (this.#bindWire(socket.local) !== undefined) {
      socket.close();
      return undefined;
    }
    learned.set(port, socket);
    return socket;
  }

  #forgetOldest(learned: Map<number, SendingSocket>): void {
    for (const [port, socket] of learned) {
      learned.delete(port);
      this.#wires[socket.local]?.close();
      this.#wires[socket.local] = undefined;
      this.#wireCount -= 1;
      socket.close();
      return;
    }
  }

  /**
   * Binds a port of a host. Its handler does nothing: the world, which has the packet, delivers it.
   */
  #bindHost(host: SimHost, port: number): SendingSocket | undefined {
    return host.udp({ port, onDatagram: (): void => undefined });
  }

  #bindWire(local: Endpoint): string | undefined {
    if (this.#wires[local] !== undefined) return undefined;
    if (this.#wireCount >= SOCKETS_MAX) return 'EMFILE';
    const { address, port } = this.#endpoints.pairOf(local);
    const wire = BoundUdpSocket.bind(address, port, {
      onMessage: (bytes, from, fromPort) => this.#receive(local, bytes, from, fromPort),
      // On some systems, a program that does not listen yet causes an error here; it misses the
      // datagram.
      onError: () => undefined,
    });
    if (typeof wire === 'string') return wire;
    this.#wires[local] = wire;
    this.#wireCount += 1;
    return undefined;
  }

  #meetStranger(to: Endpoint, address: string, port: number): void {
    this.#drop('unknown-source');
    if (this.#strangers.size >= UNKNOWN_SENDERS_NAMED_MAX) return;
    const at = this.#endpoints.pairOf(to);
    this.#strangers.add(`${address}:${port} to ${at.address}:${at.port}`);
  }

  #drop(reason: OutsideDropReason): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
  }
}
