/**
 * The main thread's side of one worker of a pipeline: its rings, its messages and its end.
 *
 * @module
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { entryModuleUrl } from '../own-form.ts';
import { type SharedMemory, SIGNAL_WORD_INDICES } from './memory.ts';
import {
  PORT_MESSAGE_SLOT,
  REQUEST_WORD_INDICES,
  type WorkerAnswer,
  type WorkerMessage,
  type WorkerStartParameters,
} from './messages.ts';
import { RingReader, RingWriter } from './ring.ts';

/** How long a worker may take to finish its current packet when the pipeline ends, ms. */
const END_MS = 2_000;

/**
 * Size of the young generation of a worker's heap, MB. Packets leave only key objects and short
 * arrays for the garbage collector. With V8's default size there is one pause per thousand
 * packets; with this size there is a shorter one every few hundred packets, for about the same total work
 * (docs/PERFORMANCE.md).
 */
const YOUNG_GENERATION_MB = 3;

/** Callbacks of a {@link WorkerThread} to its pipeline. */
export interface WorkerCallbacks {
  /** Called when results may be waiting. */
  results(): void;
  /** Called when the worker has ended although nobody told it to, which is a mistake. */
  died(worker: WorkerThread, reason: string): void;
}

/** The main thread's side of one worker: its rings, its messages and its end. */
export class WorkerThread {
  readonly index: number;
  readonly name: string;
  readonly results: RingReader;
  /** Number of packets that were given to the worker and have not come back. */
  inside = 0;
  isAlive = true;
  readonly #memory: SharedMemory;
  readonly #requests: RingWriter;
  readonly #thread: Worker;
  readonly #messages: MessagePort;
  readonly #ended: Promise<void>;
  #unanswered: (() => void)[] = [];

  constructor(start: Omit<WorkerStartParameters, 'messages'>, events: WorkerCallbacks) {
    const { memory, worker } = start;
    const { port1, port2 } = new MessageChannel();
    this.index = worker;
    this.name = `pipeline-${worker}`;
    this.#memory = memory;
    this.#messages = port1;
    this.#requests = new RingWriter(memory.requests[worker] as Int32Array);
    this.results = new RingReader(memory.results[worker] as Int32Array);
    this.#thread = new Worker(new URL(entryModuleUrl('./pipeline-worker', import.meta.url)), {
      name: this.name,
      workerData: { ...start, messages: port2 } satisfies WorkerStartParameters,
      transferList: [port2],
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    let reason: string | undefined;
    this.#thread.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.#thread.on('message', (answer: WorkerAnswer) => {
      if (answer === 'results') events.results();
      else this.#unanswered.shift()?.();
    });
    this.#ended = new Promise((resolve) => {
      this.#thread.on('exit', (code) => {
        this.isAlive = false;
        port1.close();
        for (const answered of this.#unanswered.splice(0)) answered();
        events.died(this, reason ?? `ended with code ${code}`);
        resolve();
      });
    });
  }

  // hot: once per packet.
  /** Puts a request for a packet into the ring of the worker. */
  request(slot: number, length: number, job: number): void {
    this.#put(slot, length, job);
    this.inside += 1;
    this.#wake();
  }

  /** Sends a message, which the worker processes in order with the packets. */
  tell(message: WorkerMessage): Promise<void> {
    if (!this.isAlive) return Promise.resolve();
    this.#messages.postMessage(message);
    this.#put(PORT_MESSAGE_SLOT, 0, 0);
    this.#wake();
    return new Promise((resolve) => {
      this.#unanswered.push(resolve);
    });
  }

  /**
   * Waits until the thread has reacted to the stop signal; terminates it if that takes too long.
   */
  async close(): Promise<void> {
    this.#wake();
    const cutOff = setTimeout(() => void this.#thread.terminate(), END_MS);
    await this.#ended;
    clearTimeout(cutOff);
  }

  #put(slot: number, length: number, job: number): void {
    const at = this.#requests.claim();
    // The ring has one entry for each slot, and the same number again for messages.
    if (at < 0) throw new Error(`${this.name}: more messages wait than its ring holds`);
    const { words } = this.#requests;
    words[at + REQUEST_WORD_INDICES.slot] = slot;
    words[at + REQUEST_WORD_INDICES.length] = length;
    words[at + REQUEST_WORD_INDICES.job] = job;
    this.#requests.put();
  }

  #wake(): void {
    const { signals } = this.#memory;
    const word = SIGNAL_WORD_INDICES.workerSleeps(this.index);
    if (Atomics.load(signals, word) === 0) return;
    if (Atomics.exchange(signals, word, 0) === 1) Atomics.notify(signals, word);
  }
}
