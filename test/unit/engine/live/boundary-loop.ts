/**
 * One event loop behind a socket that another process fills, on a clock set by hand: the real rule for late
 * datagrams, reads of 32 in each turn as libuv makes them, and costs that are those of a border router here.
 *
 * @module
 */
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { SocketQueue, SocketQueues } from '../../../../engine/live/socket-queues.ts';
import { UrgentAllowance } from '../../../../engine/live/urgent-allowance.ts';

const US = 1_000;
const MS = 1_000_000;
const READ_AT_ONCE = 32;
/** Reading, processing and sending one datagram. */
const HOP_COST_NS = 14 * US;
/** Reading one datagram and dropping it; 4.1 us were measured with a bare socket. */
const DROP_COST_NS = 4 * US;
const TURN_COST_NS = 20 * US;
const PROBE_EVERY_NS = 10 * MS;

/** Datagrams/s that the loop can carry. */
export const BOUNDARY_KNEE = 1e9 / HOP_COST_NS;

/** What happened to data and to probes. */
export interface BoundaryFigures {
  /** Datagrams handed to the node, as a share of those that arrived. */
  readonly served: number;
  /** Datagrams handed to the node per second. */
  readonly goodput: number;
  /** Datagrams dropped as late. */
  readonly late: number;
  /** Datagrams that found the buffer full. */
  readonly overflown: number;
  /** Most datagrams in the socket. */
  readonly deepest: number;
  /** Age of the data that reached the node, ms. */
  readonly ageMsMax: number;
  readonly ageMsP95: number;
  /** Age of the probes that reached the node, ms. */
  readonly probeAgeMsMax: number;
  /** Lost probes: all of them, and those that were read and dropped. */
  readonly probesLost: number;
  readonly probesDropped: number;
}

/** One run. */
export interface BoundaryOptions {
  /** Arrivals/s as a multiple of what the loop can carry. */
  readonly times: number;
  /** Datagrams that the socket holds. */
  readonly room: number;
  readonly rule: 'late' | 'none';
  /** How many times slower than usual everything is. */
  readonly slowness?: number;
  /** The process does not run: from, and for how long, ns. */
  readonly pause?: { readonly atNs: number; readonly forNs: number };
  /** Marks never come back. */
  readonly losesMarks?: boolean;
  readonly durationNs?: number;
}

interface Waiting {
  readonly kind: 'data' | 'probe' | 'mark';
  readonly bornNs: number;
  readonly bytes: Uint8Array;
}

const DATA = Uint8Array.of(0);
const PROBE = Uint8Array.of(1);

/** Runs the loop. */
export function runBoundaryLoop(options: BoundaryOptions): Promise<BoundaryFigures> {
  return new BoundaryLoop(options).run();
}

class BoundaryLoop {
  readonly #options: BoundaryOptions;
  readonly #socket: Waiting[] = [];
  readonly #queues: SocketQueues;
  readonly #queue: SocketQueue;
  readonly #allowance: UrgentAllowance;
  readonly #ages: { readonly data: number[]; readonly probe: number[] } = { data: [], probe: [] };
  readonly #slowness: number;
  readonly #draws = openRandomStream(1, 'boundary', 'arrivals');
  #nowNs = 0;
  #dataAtNs = 0;
  #probeAtNs = 0;
  #arrived = 0;
  #late = 0;
  #overflown = 0;
  #probesLost = 0;
  #probesDropped = 0;
  #deepest = 0;
  #hasPaused = false;

  constructor(options: BoundaryOptions) {
    this.#options = options;
    this.#slowness = options.slowness ?? 1;
    const clock = { now: (): number => this.#nowNs };
    this.#queues = new SocketQueues(clock);
    this.#allowance = new UrgentAllowance(clock, (bytes) => bytes === PROBE);
    const sendMark = (bytes: Uint8Array): void => {
      if (options.losesMarks !== true) this.#arrive({ kind: 'mark', bornNs: this.#nowNs, bytes });
    };
    this.#queue = new SocketQueue(sendMark);
  }

  async run(): Promise<BoundaryFigures> {
    const { durationNs = 2_000 * MS, pause } = this.#options;
    while (this.#nowNs < durationNs) {
      if (pause !== undefined && this.#nowNs >= pause.atNs && !this.#hasPaused) {
        this.#hasPaused = true;
        this.#nowNs += pause.forNs;
      }
      this.#fill();
      this.#poll();
      // The rule follows the turns by `setImmediate`.
      await new Promise((resolve) => setImmediate(resolve));
      this.#nowNs += this.#slowness * TURN_COST_NS;
    }
    const data = this.#ages.data.sort((a, b) => a - b);
    return {
      served: data.length / this.#arrived,
      goodput: (1e9 * data.length) / this.#nowNs,
      late: this.#late,
      overflown: this.#overflown,
      deepest: this.#deepest,
      ageMsMax: (data.at(-1) ?? 0) / MS,
      ageMsP95: (data[Math.floor(0.95 * data.length)] ?? Number.NaN) / MS,
      probeAgeMsMax: Math.max(...this.#ages.probe) / MS,
      probesLost: this.#probesLost,
      probesDropped: this.#probesDropped,
    };
  }

  /** Puts into the socket what has arrived since the last call. */
  #fill(): void {
    const { times } = this.#options;
    const everyNs = (this.#slowness * HOP_COST_NS) / times;
    for (;;) {
      const bornNs = Math.min(this.#dataAtNs, this.#probeAtNs);
      if (bornNs > this.#nowNs) break;
      const isProbe = this.#probeAtNs === bornNs;
      if (isProbe) this.#probeAtNs += PROBE_EVERY_NS;
      else this.#dataAtNs += this.#draws.exponential(everyNs);
      if (!isProbe) this.#arrived += 1;
      this.#arrive({ kind: isProbe ? 'probe' : 'data', bornNs, bytes: isProbe ? PROBE : DATA });
    }
    this.#deepest = Math.max(this.#deepest, this.#socket.length);
  }

  #arrive(one: Waiting): void {
    if (this.#socket.length < this.#options.room) {
      this.#socket.push(one);
      return;
    }
    if (one.kind === 'probe') this.#probesLost += 1;
    if (one.kind === 'data') this.#overflown += 1;
  }

  #poll(): void {
    for (let index = 0; index < READ_AT_ONCE; index += 1) {
      const one = this.#socket.shift();
      if (one === undefined) return;
      this.#receive(one);
      this.#fill();
    }
  }

  #receive({ kind, bornNs, bytes }: Waiting): void {
    const isMark = this.#queues.read(this.#queue, bytes);
    const isLate = this.#options.rule === 'late' && this.#queue.isLate;
    const isDropped = isMark || (isLate && !this.#allowance.admits(bytes));
    if (!isDropped && kind !== 'mark') this.#ages[kind].push(this.#nowNs - bornNs);
    if (isDropped && kind === 'data') this.#late += 1;
    if (isDropped && kind === 'probe') {
      this.#probesLost += 1;
      this.#probesDropped += 1;
    }
    this.#nowNs += this.#slowness * (isDropped ? DROP_COST_NS : HOP_COST_NS);
  }
}
