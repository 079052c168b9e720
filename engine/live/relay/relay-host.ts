/**
 * A host of the run as the model of streams sees it, from a start to the next crash: its hidden sockets and links,
 * and timers that fire at their due time inside the scheduler, because segments are events of links
 * and not code of the node (docs/spec/live.md#streams).
 *
 * @module
 */
import type { Scheduler } from '../../core/scheduler.ts';
import { RearmTimer } from '../../core/timer.ts';
import type { Random } from '../../host/random.ts';
import type { DatagramHandler, DatagramSocket, Endpoint } from '../../host/socket.ts';
import type { Nanoseconds, Timer } from '../../host/time.ts';
import type { StreamHost } from '../../net/stream-hook.ts';

/**
 * A live host as the stream model sees it until its next crash: hidden sockets, links and exact timers.
 */
export class RelayHost implements StreamHost {
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly #host: StreamHost;
  readonly #scheduler: Scheduler;
  #isOver = false;

  constructor(host: StreamHost, scheduler: Scheduler) {
    this.index = host.index;
    this.name = host.name;
    this.address = host.address;
    this.#host = host;
    this.#scheduler = scheduler;
  }

  /** Called when the host has crashed: no timer of this object fires any more. */
  end(): void {
    this.#isOver = true;
  }

  now(): Nanoseconds {
    return this.#scheduler.now;
  }

  after(delay: Nanoseconds, fire: () => void): Timer {
    const fireInLife = (): void => {
      if (!this.#isOver) fire();
    };
    const timer = new RearmTimer(this.#scheduler, fireInLife, this.name);
    timer.rearm(delay);
    return timer;
  }

  random(purpose: string): Random {
    return this.#host.random(purpose);
  }

  alloc(length: number): Uint8Array {
    return this.#host.alloc(length);
  }

  endpoint(address: string, port: number): Endpoint {
    return this.#host.endpoint(address, port);
  }

  endpointOf(endpoint: Endpoint): { readonly address: string; readonly port: number } {
    return this.#host.endpointOf(endpoint);
  }

  openPort(
    port: number,
    onDatagram: DatagramHandler,
    address?: string,
  ): DatagramSocket | undefined {
    return this.#host.openPort(port, onDatagram, address);
  }

  mtuTo(to: Endpoint): number | undefined {
    return this.#host.mtuTo(to);
  }
}
