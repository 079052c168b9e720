/**
 * The port on real sockets: what differs from a simulated host. Time is the wall clock, key material
 * comes from the system, datagrams leave through real sockets, heavy work runs on other threads,
 * stores are files. Everything else (streams of random numbers, requests, drops, meters, lives) is
 * the code of `engine/net`, so that both worlds agree by construction.
 *
 * @module
 */
import { randomFillSync } from 'node:crypto';
import type { DatagramSocket, Endpoint, SendResult, UdpOptions } from '../host/socket.ts';
import type { Nanoseconds, Timer } from '../host/time.ts';
import { NO_BUFFER } from '../net/buffer-pool.ts';
import { SimHost, type SimHostOptions } from '../net/sim-host.ts';
import type { StoreFault } from '../net/sim-store.ts';
import type { LiveContext } from './live-context.ts';
import { LiveTimer } from './live-timer.ts';

/** Dynamic ports that other programs may hold before we give up. */
const PORT_TRIES = 256;

/** One host on real sockets. */
export class LiveHost extends SimHost {
  readonly #live: LiveContext;

  constructor(live: LiveContext, index: number, options: SimHostOptions) {
    super(live, index, options);
    this.#live = live;
  }

  override now(): Nanoseconds {
    return this.#live.clock.now();
  }

  override after(delay: Nanoseconds, fire: () => void): Timer {
    const { pump, network } = this.#live;
    const timer = new LiveTimer(pump, network.scheduler, this.inThisLife(fire), this.name);
    timer.rearm(delay);
    pump.wake();
    return timer;
  }

  override randomBytes(length: number): Uint8Array {
    return randomFillSync(new Uint8Array(length));
  }

  override udp(options: UdpOptions): DatagramSocket | undefined {
    for (let attempt = 0; attempt < PORT_TRIES; attempt += 1) {
      const socket = super.udp(options);
      if (socket === undefined) return undefined;
      const failure = this.#openWire(socket.local, options);
      if (failure === undefined) return new LiveSocket(this.#live, socket);
      socket.close();
      const isTaken = failure === 'EADDRINUSE';
      if (!isTaken) this.log.warn(`port ${options.port}: ${failure}`);
      if (!isTaken || options.port !== 0) return undefined;
    }
    return undefined;
  }

  override crash(fault: StoreFault): void {
    super.crash(fault);
    this.#live.wires.closeAll(this.index);
  }

  /** The same call, as an event of the node: nothing happens when it has crashed by then. */
  private inThisLife(call: () => void): () => void {
    const { life } = this;
    return (): void => {
      if (this.life === life) call();
    };
  }

  #openWire(local: Endpoint, options: UdpOptions): string | undefined {
    const { wires, pump, ownership } = this.#live;
    const { life } = this;
    const enter = (code: () => void): void => {
      pump.enter(() => {
        if (this.life === life) code();
      });
    };
    return wires.open(local, {
      host: this.index,
      onDatagram: (bytes, from) =>
        enter(() => {
          ownership.current = bytes;
          options.onDatagram(bytes, 0, bytes.length, from);
          ownership.current = NO_BUFFER;
        }),
      onError: (reason) => enter(() => options.onError?.(reason)),
    });
  }
}

/** A socket whose packets pass the links first and then the kernel. */
class LiveSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #live: LiveContext;
  readonly #links: DatagramSocket;

  constructor(live: LiveContext, links: DatagramSocket) {
    this.#live = live;
    this.#links = links;
    this.local = links.local;
  }

  send(buffer: Uint8Array, offset: number, length: number, to: Endpoint): SendResult {
    const result = this.#links.send(buffer, offset, length, to);
    this.#live.pump.wake();
    return result;
  }

  close(): void {
    this.#links.close();
    this.#live.wires.close(this.local);
  }
}
