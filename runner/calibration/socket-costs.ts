/**
 * Benchmarks of real sockets on loopback, with the code that live runs use: sending a datagram,
 * receiving one, and how many fit into a receive buffer (docs/spec/processor-model.md#calibration).
 *
 * A burst is small enough to be read in one turn of the event loop, so that datagrams share the cost of
 * a turn as they do under load.
 *
 * @module
 */
import type { Endpoint } from '../../engine/host/socket.ts';
import { LiveClock } from '../../engine/live/live-clock.ts';
import type { UdpAddress } from '../../engine/live/udp-wire.ts';
import { UdpSocketTable } from '../../engine/live/wire-table.ts';
import type { ReceiveBufferCapacity } from '../../engine/net/cpu-profile.ts';
import { EndpointTable } from '../../engine/net/endpoint-table.ts';
import { type BatchPlan, processCpuNs } from './batches.ts';
import { type MeasuredOperation, makeProfileOperation } from './operations.ts';

const ADDRESS = '127.0.0.1';
const LENGTHS = [64, 512, 1_200] as const;
/** Number of datagrams that are sent before the event loop reads them. */
const BURST = 25;
const PATIENCE_MS = 2_000;
const QUIET_MS = 30;
/**
 * Sizes of datagrams for which the capacity of a buffer is measured, bytes: the kernel rounds sizes up
 * to powers of two.
 */
const ROOM_BYTES = [128, 512, 1_024, 1_472] as const;
const ROOM_MAX = 30_000;

/** Costs of a datagram at its sender and at its receiver. */
export interface SocketCosts {
  readonly send: MeasuredOperation;
  readonly receive: MeasuredOperation;
}

/** Two sockets in one process. */
class SocketPair {
  received = 0;
  readonly #table: UdpSocketTable;
  readonly #from: Endpoint;
  readonly #to: UdpAddress;
  #expected = Number.POSITIVE_INFINITY;
  #arrivedAll: () => void = () => undefined;

  constructor() {
    const endpoints = new EndpointTable();
    // The sender has nothing to release, because it sends the same array each time.
    const release = (): void => undefined;
    this.#table = new UdpSocketTable({
      clock: new LiveClock(),
      endpoints,
      isPeer: (): boolean => false,
      isOfRun: (): boolean => true,
      release,
    });
    const [from, to] = [this.#open(endpoints), this.#open(endpoints)];
    this.#from = from;
    this.#to = endpoints.pairOf(to);
  }

  /** Sends `count` datagrams; returns the processor time taken, ns. */
  send(bytes: Uint8Array, count: number): number {
    const began = processCpuNs();
    for (let index = 0; index < count; index += 1) {
      bytes[0] = index & 255;
      this.#table.send(this.#from, bytes, this.#to);
    }
    return processCpuNs() - began;
  }

  /** Waits until `count` datagrams have been received since the pair was created. */
  async arrived(count: number): Promise<void> {
    if (this.received >= count) return;
    await new Promise<void>((resolve, reject) => {
      const alarm = setTimeout(
        () => reject(new Error(`loopback lost ${count - this.received} datagrams`)),
        PATIENCE_MS,
      );
      this.#expected = count;
      this.#arrivedAll = (): void => {
        clearTimeout(alarm);
        this.#expected = Number.POSITIVE_INFINITY;
        resolve();
      };
    });
  }

  close(): void {
    this.#table.closeAll();
  }

  #open(endpoints: EndpointTable): Endpoint {
    for (let port = 50_000; port < 60_000; port += 1) {
      const local = endpoints.intern(ADDRESS, port);
      const failure = this.#table.open(local, {
        host: 0,
        onDatagram: () => this.#receive(),
        onLate: () => this.#receive(),
        onError: (reason) => {
          throw new Error(`a socket of the benchmark failed: ${reason}`);
        },
      });
      if (failure === undefined) return local;
    }
    throw new Error(`no port of ${ADDRESS} is free between 50000 and 60000`);
  }

  #receive(): void {
    this.received += 1;
    if (this.received >= this.#expected) this.#arrivedAll();
  }
}

/** Measures the costs of sending and of receiving a datagram. */
export async function measureSocketCosts(plan: BatchPlan): Promise<SocketCosts> {
  const pair = new SocketPair();
  const sent: { bytes: number; ns: number[] }[] = [];
  const received: { bytes: number; ns: number[] }[] = [];
  try {
    for (const bytes of LENGTHS) {
      const times = await timeBursts(pair, bytes, plan);
      sent.push({ bytes, ns: times.map(({ send }) => send) });
      received.push({ bytes, ns: times.map(({ receive }) => receive) });
    }
  } finally {
    pair.close();
  }
  return {
    send: makeProfileOperation('data', sent),
    receive: makeProfileOperation('data', received),
  };
}

interface BurstTimes {
  readonly send: number;
  readonly receive: number;
}

async function timeBursts(
  pair: SocketPair,
  bytes: number,
  plan: BatchPlan,
): Promise<readonly BurstTimes[]> {
  const buffer = new Uint8Array(bytes);
  await manyBursts(pair, buffer, plan.warmup);
  const times: BurstTimes[] = [];
  for (let batch = 0; batch < plan.batches; batch += 1) {
    times.push(await manyBursts(pair, buffer, plan.calls));
  }
  return times;
}

/** Sends at least `count` datagrams in bursts; returns the cost of each, ns. */
async function manyBursts(
  pair: SocketPair,
  buffer: Uint8Array,
  count: number,
): Promise<BurstTimes> {
  let sendNs = 0;
  let receiveNs = 0;
  for (let done = 0; done < count; done += BURST) {
    const before = pair.received;
    sendNs += pair.send(buffer, BURST);
    const began = processCpuNs();
    await pair.arrived(before + BURST);
    receiveNs += processCpuNs() - began;
  }
  const total = Math.ceil(count / BURST) * BURST;
  return { send: sendNs / total, receive: receiveNs / total };
}

/** Measures for several sizes how many datagrams a socket holds before the kernel drops the next one. */
export async function measureReceiveBuffer(): Promise<readonly ReceiveBufferCapacity[]> {
  const rooms: ReceiveBufferCapacity[] = [];
  for (const bytes of ROOM_BYTES) {
    const pair = new SocketPair();
    try {
      pair.send(new Uint8Array(bytes), ROOM_MAX);
      for (let seen = -1; seen !== pair.received; ) {
        seen = pair.received;
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      }
      rooms.push({ bytes, datagrams: Math.max(1, pair.received) });
    } finally {
      pair.close();
    }
  }
  return rooms;
}
