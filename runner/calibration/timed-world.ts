/**
 * A simulated world that times node code: what a protocol's handlers of datagrams, requests and
 * timers cost besides sending and cryptography (docs/spec/processor-model.md#calibration).
 *
 * It times the real traffic of a scenario, so it knows no protocol. Calls of the crypto provider
 * are counted and subtracted at the cost of their own benchmark; sending is timed and subtracted.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { Scheduler } from '../../engine/core/scheduler.ts';
import type { NodeRequest } from '../../engine/host/host.ts';
import type { DatagramSocket, Endpoint, SendResult, UdpOptions } from '../../engine/host/socket.ts';
import type { Nanoseconds, Timer } from '../../engine/host/time.ts';
import { CpuChargedCrypto } from '../../engine/net/charged-crypto.ts';
import {
  type CpuProfile,
  type HandlerCosts,
  operationCostNs,
} from '../../engine/net/cpu-profile.ts';
import type { StackProtocol } from '../../engine/net/host-stack.ts';
import { SimHost, type SimHostOptions } from '../../engine/net/sim-host.ts';
import type { SimSocket } from '../../engine/net/sim-socket.ts';
import { SimWorld, type SimWorldOptions } from '../../engine/net/sim-world.ts';
import { VirtualAgenda } from '../worlds/agenda.ts';
import { WorldListeners } from '../worlds/listeners.ts';
import { networkOptions, ProcessWorld, type WorldParts } from '../worlds/local-world.ts';

const NS_PER_MS = 1_000_000;
const CLOCK_READS = 1_000;
const CLOCK_ROUNDS = 30;

/** The kind of handler that is timed: of datagrams, requests or timers. */
export type HandlerKind = keyof HandlerCosts;

/** The calls of one handler. */
export interface HandlerTimes {
  /** Duration of each call, minus the known cost of the other code that it called, ns; may be below 0. */
  readonly ns: number[];
  /** Length of the datagram or request of each call, bytes. */
  readonly bytes: number[];
}

/** Times the handlers of protocols, without the time of nested calls of other code. */
export class HandlerClock {
  readonly times = new Map<string, HandlerTimes>();
  readonly #crypto: CpuProfile['crypto'];
  /** The cost of reading the clock twice, ns. */
  readonly #readNs = clockNs();
  #isInside = false;
  /** Time within the running call that belongs to other code, ns. */
  #otherNs = 0;

  /** @param crypto The cost of each function of the crypto provider. */
  constructor(crypto: CpuProfile['crypto']) {
    this.#crypto = crypto;
  }

  /** Called by CpuChargedCrypto for each call of the crypto provider. */
  chargeCrypto(operation: string, bytes: number): void {
    if (this.#isInside) this.#otherNs += operationCostNs(this.#crypto?.[operation], bytes);
  }

  /** Runs code of a protocol and records its time. */
  handler(protocol: string, kind: HandlerKind, bytes: number, code: () => void): void {
    if (this.#isInside) {
      code();
      return;
    }
    this.#isInside = true;
    this.#otherNs = 0;
    const began = performance.now();
    try {
      code();
    } finally {
      const ns = (performance.now() - began) * NS_PER_MS - this.#readNs - this.#otherNs;
      this.#isInside = false;
      this.#note(`${protocol}.${kind}`, ns, bytes);
    }
  }

  /** Runs code of another protocol that a handler has called; the time counts for that protocol alone. */
  nested(protocol: string, kind: HandlerKind, bytes: number, code: () => void): void {
    if (!this.#isInside) {
      this.handler(protocol, kind, bytes, code);
      return;
    }
    const outerNs = this.#otherNs;
    this.#otherNs = 0;
    const began = performance.now();
    code();
    const totalNs = (performance.now() - began) * NS_PER_MS;
    this.#note(`${protocol}.${kind}`, totalNs - this.#readNs - this.#otherNs, bytes);
    this.#otherNs = outerNs + totalNs + this.#readNs;
  }

  /**
   * Runs code of the world that is called inside a handler; its time does not count for the
   * handler.
   */
  other<T>(code: () => T): T {
    if (!this.#isInside) return code();
    const began = performance.now();
    const result = code();
    this.#otherNs += (performance.now() - began) * NS_PER_MS + this.#readNs;
    return result;
  }

  #note(name: string, ns: number, bytes: number): void {
    let times = this.times.get(name);
    if (times === undefined) {
      times = { ns: [], bytes: [] };
      this.times.set(name, times);
    }
    times.ns.push(ns);
    times.bytes.push(bytes);
  }
}

/** A world in virtual time whose node code is timed. */
export function makeTimedWorld(parts: WorldParts, clock: HandlerClock): ProcessWorld<SimWorld> {
  const timed = { ...parts, crypto: new CpuChargedCrypto(parts.crypto, clock) };
  const listeners = new WorldListeners();
  const net = new TimedWorld(networkOptions(timed, listeners), clock);
  const protocol = sourceProtocol(parts);
  const agenda =
    protocol === undefined
      ? new VirtualAgenda(net.scheduler)
      : new TimedAgenda(net.scheduler, { clock, protocol });
  return new ProcessWorld(timed, { net, agenda, listeners });
}

/**
 * The protocol that gets the packets of the application: the highest one at the source of the first
 * flow; undefined without flows.
 */
function sourceProtocol({ scenario, stackOf }: WorldParts): string | undefined {
  const source = scenario.traffic[0]?.from;
  const host = scenario.topology.hosts.find(({ name }) => name === source);
  return host && stackOf(host).at(-1)?.protocol.name;
}

/** Times the events of traffic sources as requests: each makes a packet and passes it to its node. */
class TimedAgenda extends VirtualAgenda {
  readonly #how: { readonly clock: HandlerClock; readonly protocol: string };

  constructor(scheduler: Scheduler, how: { clock: HandlerClock; protocol: string }) {
    super(scheduler);
    this.#how = how;
  }

  override at(timeNs: number, fire: () => void): void {
    const { clock, protocol } = this.#how;
    super.at(timeNs, () => clock.handler(protocol, 'request', 0, fire));
  }
}

class TimedWorld extends SimWorld {
  // Set after the constructor of the superclass; `makeHost`, which uses it, is called later, when
  // hosts are added.
  readonly #clock: HandlerClock;

  constructor(options: SimWorldOptions, clock: HandlerClock) {
    super(options);
    this.#clock = clock;
  }

  protected override makeHost(index: number, options: SimHostOptions): SimHost {
    return new TimedHost(this, { index, options, clock: this.#clock });
  }

  protected override handOver(socket: SimSocket, packet: number): void {
    const bytes = this.network.table.length[packet] as number;
    const { protocol } = this.hosts[socket.hostIndex] as SimHost;
    this.#clock.handler(protocol, 'datagram', bytes, () => super.handOver(socket, packet));
  }
}

class TimedHost extends SimHost {
  readonly #clock: HandlerClock;

  constructor(
    world: SimWorld,
    parts: {
      readonly index: number;
      readonly options: SimHostOptions;
      readonly clock: HandlerClock;
    },
  ) {
    super(world, parts.index, parts.options);
    this.#clock = parts.clock;
  }

  override after(delay: Nanoseconds, fire: () => void, protocol = this.protocol): Timer {
    const timed = (): void => this.#clock.handler(protocol, 'timer', 0, fire);
    return super.after(delay, timed, protocol);
  }

  override callDown(carrier: StackProtocol, request: NodeRequest): void {
    const { protocol } = carrier;
    this.#clock.nested(protocol, 'request', request.body.length, () => {
      super.callDown(carrier, request);
    });
  }

  override callUp(protocol: string, length: number, code: () => void): void {
    this.#clock.nested(protocol, 'datagram', length, () => super.callUp(protocol, length, code));
  }

  override udp(options: UdpOptions): DatagramSocket | undefined {
    const socket = super.udp(options);
    return socket === undefined ? undefined : new TimedSocket(socket, this.#clock);
  }
}

class TimedSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #inner: DatagramSocket;
  readonly #clock: HandlerClock;

  constructor(inner: DatagramSocket, clock: HandlerClock) {
    this.#inner = inner;
    this.#clock = clock;
    this.local = inner.local;
  }

  // biome-ignore lint/complexity/useMaxParams: the signature of the port
  send(buffer: Uint8Array, offset: number, length: number, to: Endpoint, dscp = 0): SendResult {
    return this.#clock.other(() => this.#inner.send(buffer, offset, length, to, dscp));
  }

  close(): void {
    this.#inner.close();
  }
}

/**
 * The measured duration of an empty piece of code, ns: the least of many rounds, because other programs
 * only lengthen rounds.
 */
function clockNs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < CLOCK_ROUNDS; round += 1) {
    const began = performance.now();
    for (let read = 0; read < CLOCK_READS; read += 1) performance.now();
    least = Math.min(least, ((performance.now() - began) * NS_PER_MS) / CLOCK_READS);
  }
  return least;
}
