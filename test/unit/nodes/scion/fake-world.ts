/**
 * A small world for router tests: virtual time, links with a delay, and hosts that only record what
 * they receive. It replaces the engine in tests that inspect every datagram.
 *
 * @module
 */

import { openRandomStream } from '../../../../engine/core/stream.ts';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import type { Host } from '../../../../engine/host/host.ts';
import type { Counter } from '../../../../engine/host/measure.ts';
import type { NetworkView } from '../../../../engine/host/network-view.ts';
import type { NodeHandle } from '../../../../engine/host/protocol.ts';
import type { Random } from '../../../../engine/host/random.ts';
import type {
  DatagramHandler,
  DatagramSocket,
  SendResult,
  UdpOptions,
} from '../../../../engine/host/socket.ts';
import type { Timer } from '../../../../engine/host/time.ts';
import { type RouterOptions, routerConfig } from '../../../../nodes/scion/config.ts';
import { createRouterNode } from '../../../../nodes/scion/node.ts';
import { BlindWitness } from '../../../fixtures/blind-witness.ts';

/** A datagram under way. */
export interface Datagram {
  readonly atNs: number;
  readonly from: string;
  readonly to: string;
  /** The link on which it was sent; `undefined` inside an AS. */
  readonly link: string | undefined;
  readonly bytes: Uint8Array;
  /** The class with which it was sent. */
  readonly dscp: number;
}

interface Event {
  readonly atNs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** The settings of a world. */
export interface FakeWorldOptions {
  readonly network: NetworkView;
  /** The time at virtual time 0, seconds since 1970. */
  readonly epoch?: number;
  readonly seed?: number;
}

/** All hosts, sockets and timers of one test. */
export class FakeWorld {
  readonly network: NetworkView;
  readonly epoch: number;
  readonly seed: number;
  /** Every datagram that was sent, in order. */
  readonly sent: Datagram[] = [];
  /** All drops, with host and reason. */
  readonly drops: { readonly host: string; readonly reason: string }[] = [];
  readonly counters = new Map<string, number>();
  /** The state of each machine; keys are `host/machine`. */
  readonly states = new Map<string, string>();
  /** Links that lose all datagrams. */
  readonly cut = new Set<string>();
  /** Hosts whose sockets reject every send. */
  readonly full = new Set<string>();
  nowNs = 0;
  #order = 0;
  #events: Event[] = [];
  readonly #texts: string[] = [];
  readonly #sockets = new Map<string, DatagramHandler>();

  constructor(options: FakeWorldOptions) {
    this.network = options.network;
    this.epoch = options.epoch ?? 1_700_000_000;
    this.seed = options.seed ?? 1;
  }

  /** Starts a router on a host of the topology. */
  startRouter(name: string, options: unknown = {}): NodeHandle {
    const parsed: RouterOptions = routerConfig.parse(options);
    const witness = new BlindWitness();
    const setup = { options: parsed, network: this.network, witness };
    const handle = createRouterNode(this.host(name), setup);
    handle.start();
    return handle;
  }

  /** Binds a port of a host that is not a router; everything that it receives is in `sent`. */
  listen(
    name: string,
    port: number,
    onDatagram: DatagramHandler = () => undefined,
  ): DatagramSocket {
    return this.host(name).udp({ port, onDatagram }) as DatagramSocket;
  }

  /** Advances time. */
  runUntil(atNs: number): void {
    for (;;) {
      const next = this.#events[0];
      if (next === undefined || next.atNs > atNs) break;
      this.#events.shift();
      this.nowNs = next.atNs;
      next.fire();
    }
    this.nowNs = atNs;
  }

  endpoint(text: string): number {
    const known = this.#texts.indexOf(text);
    return known < 0 ? this.#texts.push(text) - 1 : known;
  }

  text(endpoint: number): string {
    return this.#texts[endpoint]!;
  }

  counter(name: string): number {
    return this.counters.get(name) ?? 0;
  }

  schedule(delayNs: number, fire: () => void): Event {
    const event = { atNs: this.nowNs + delayNs, order: this.#order++, fire };
    this.#events.push(event);
    this.#events.sort((a, b) => a.atNs - b.atNs || a.order - b.order);
    return event;
  }

  unschedule(event: Event): boolean {
    const before = this.#events.length;
    this.#events = this.#events.filter((other) => other !== event);
    return this.#events.length < before;
  }

  transmit(datagram: Datagram): void {
    this.sent.push(datagram);
    if (datagram.link !== undefined && this.cut.has(datagram.link)) return;
    const link = this.network.links.find(({ id }) => id === datagram.link);
    this.schedule(link?.delayNs ?? 0, () => {
      // A larger buffer, so that a router that reads beyond its datagram is detected.
      const buffer = new Uint8Array(datagram.bytes.length + 64).fill(0xee);
      buffer.set(datagram.bytes, 32);
      const handler = this.#sockets.get(datagram.to);
      handler?.(buffer, 32, datagram.bytes.length, this.endpoint(datagram.from), datagram.dscp);
    });
  }

  bind(local: string, options: UdpOptions, host: string): DatagramSocket | undefined {
    if (this.#sockets.has(local)) return undefined;
    this.#sockets.set(local, options.onDatagram);
    return {
      local: this.endpoint(local),
      // biome-ignore lint/complexity/useMaxParams: the signature of the port
      send: (buffer, offset, length, to, dscp = 0): SendResult => {
        if (this.full.has(host)) return 'full';
        const bytes = buffer.slice(offset, offset + length);
        const { link } = options;
        this.transmit({ atNs: this.nowNs, from: local, to: this.text(to), link, bytes, dscp });
        return 'sent';
      },
      close: (): void => {
        this.#sockets.delete(local);
      },
    };
  }

  host(name: string): Host {
    const address = this.network.hosts.find((view) => view.name === name)!.address;
    const randoms = new Map<string, Random>();
    const count = (metric: string): Counter => ({
      add: (amount: number): void => {
        this.counters.set(`${name}/${metric}`, this.counter(`${name}/${metric}`) + amount);
      },
    });
    const part: Partial<Host> = {
      name,
      crypto: nobleCrypto,
      now: () => this.nowNs,
      clock: () => ({
        seconds: this.epoch + Math.floor(this.nowNs / 1e9),
        nanos: this.nowNs % 1e9,
      }),
      after: (delay, fire) => new FakeTimer(this, delay, fire),
      random: (purpose) => {
        const random = randoms.get(purpose) ?? openRandomStream(this.seed, name, purpose);
        randoms.set(purpose, random);
        return random;
      },
      endpoint: (host, port) => this.endpoint(`${host}:${port}`),
      udp: (options) => this.bind(`${address}:${options.port}`, options, name),
      alloc: (length) => new Uint8Array(length).fill(0xdd),
      release: () => undefined,
      drop: (reason) => {
        this.drops.push({ host: name, reason });
      },
      trace: {
        isRecorded: false,
        state: (machine, state) => {
          this.states.set(`${name}/${machine}`, state);
        },
        span: () => () => undefined,
        mark: () => undefined,
      },
      meter: {
        counter: count,
        gauge: (metric) => ({
          set: (value): void => {
            this.counters.set(`${name}/${metric}`, value);
          },
        }),
        histogram: () => ({ record: () => undefined }),
        sample: () => undefined,
      },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    };
    return part as Host;
  }
}

class FakeTimer implements Timer {
  #event: Event | undefined;
  readonly #world: FakeWorld;
  readonly #fire: () => void;

  constructor(world: FakeWorld, delay: number, fire: () => void) {
    this.#world = world;
    this.#fire = fire;
    this.rearm(delay);
  }

  get isPending(): boolean {
    return this.#event !== undefined;
  }

  rearm(delay: number): void {
    this.cancel();
    this.#event = this.#world.schedule(delay, () => {
      this.#event = undefined;
      this.#fire();
    });
  }

  cancel(): void {
    if (this.#event !== undefined) this.#world.unschedule(this.#event);
    this.#event = undefined;
  }
}
