/**
 * The packet pipeline: worker threads that run byte jobs, with rings in shared memory between
 * them and the main thread (ADR 0013).
 *
 * ```
 *          copy        ring of requests          in place          ring of results
 * submit ------> slot ------------------> worker ---------> slot ------------------> sink
 *    |  no slot is free
 *    +-> backlog, up to the queue's bound; further packets are dropped and counted
 * ```
 *
 * The main thread never blocks: it is called when results wait. Producers that check `credits` lose
 * no packets. Does not know the format of packets, keeps no replay tags, and does not delay packets on purpose.
 *
 * @module
 */

import { availableParallelism } from 'node:os';
import { wipe } from '../../core/secrets.ts';
import { Backlog } from './backlog.ts';
import { createMemory, type SharedMemory, SIGNAL_WORD_INDICES, SlotViews } from './memory.ts';
import {
  type ByteJobReference,
  RESULT_STATUS,
  RESULT_WORD_INDICES,
  type WakeUpKind,
  type WorkerMessage,
} from './messages.ts';
import { SlotPool } from './slot-pool.ts';
import { createStats, type PipelineStats } from './stats.ts';
import type { PipelineResult, ResultSink, Submission, SubmissionOutcome } from './submission.ts';
import { MainThreadWakeUp } from './wake-up.ts';
import { WorkerThread } from './worker-thread.ts';

/** Parameters of a pipeline; everything has a default. */
export interface PipelineOptions {
  /** Number of threads; default one per core, at most four: the main thread shares a core with one of them. */
  readonly workers?: number;
  /** Number of slots, the reusable buffers for packets. */
  readonly slots?: number;
  /** Longest packet, bytes. */
  readonly slotBytes?: number;
  /** Largest number of packets inside the pipeline, in slots or waiting for one. */
  readonly queue?: number;
  /** Largest number of packets that a worker takes at a time. */
  readonly batch?: number;
  /**
   * Number of results after which a busy worker wakes the main thread; an idle one wakes it
   * immediately.
   */
  readonly announceEvery?: number;
  readonly wakeUp?: WakeUpKind;
  /**
   * Called when a worker has died: its name, the reason, and the number of packets lost with it.
   */
  readonly onDeath?: (worker: string, reason: string, lost: number) => void;
  /** Called when packets are accepted again after `credits` was 0. */
  readonly onCredit?: () => void;
}

const WORKERS_MAX = 4;
const DEFAULTS = {
  slots: 1_024,
  slotBytes: 16_384,
  queue: 10_000,
  batch: 128,
  announceEvery: 16,
  wakeUp: 'port',
} as const;
/** Largest number of results of a worker that are returned in one turn of the event loop. */
const TURN_RESULTS = 256;
const NOTHING = new Uint8Array(0);
const NO_WORKER = -1;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Runs byte jobs on worker threads, without ever blocking the main thread.
 *
 * @example
 * const pipeline = new Pipeline({ workers: 2 });
 * const job = pipeline.open({ moduleUrl, job: 'unwrap', crypto: 'node' }, keys);
 * const sink = { done: (token, { status, bytes, record }) => forward(bytes.slice()) };
 * if (pipeline.submit({ job, bytes, sink, token: 1, affinity: -1 }) !== 'taken') countDrop();
 * await pipeline.drained();
 * console.log(pipeline.stats, await pipeline.close());
 */
export class Pipeline {
  readonly #options: PipelineOptions & typeof DEFAULTS;
  readonly #memory: SharedMemory;
  readonly #views: SlotViews;
  readonly #pool: SlotPool;
  readonly #backlog = new Backlog();
  readonly #workers: readonly WorkerThread[];
  readonly #wakeUp: MainThreadWakeUp;
  readonly #counts: Mutable<PipelineStats>;
  /** The receiver of the result, by slot. */
  readonly #sinks: (ResultSink | undefined)[];
  readonly #tokens: Float64Array;
  readonly #slotWorkers: Int16Array;
  readonly #slotJobs: Int32Array;
  /** Number of packets inside, by job; a job is closed when none of its packets is inside. */
  readonly #jobs = new Map<number, { inside: number; isClosing: boolean }>();
  readonly #result: Mutable<PipelineResult>;
  #acting: Promise<unknown> = Promise.resolve();
  #drained: (() => void)[] = [];
  #nextJob = 0;
  #nextWorker = 0;
  #isOpen = true;
  #isPolling = false;
  #isStarved = false;
  #isArmed = false;
  #alive = 0;
  #again: NodeJS.Immediate | undefined;

  constructor(options: PipelineOptions = {}) {
    const workers = options.workers ?? Math.min(WORKERS_MAX, availableParallelism());
    this.#options = { ...DEFAULTS, ...options } as PipelineOptions & typeof DEFAULTS;
    const { slots, slotBytes, batch, announceEvery, wakeUp } = this.#options;
    this.#memory = createMemory({ workers, slots, slotBytes });
    this.#views = new SlotViews(this.#memory);
    this.#pool = new SlotPool(slots);
    this.#counts = createStats();
    this.#sinks = new Array(slots).fill(undefined);
    this.#tokens = new Float64Array(slots);
    this.#slotWorkers = new Int16Array(slots).fill(NO_WORKER);
    this.#slotJobs = new Int32Array(slots);
    this.#result = { status: 'done', bytes: NOTHING, record: NOTHING, worker: NO_WORKER };
    const poll = (): void => this.poll();
    this.#wakeUp = new MainThreadWakeUp(this.#memory.signals, wakeUp, poll);
    const start = { memory: this.#memory, batch, announceEvery, wakeUp };
    const events = {
      results: poll,
      died: (worker: WorkerThread, reason: string): void => this.#died(worker, reason),
    };
    this.#workers = Array.from(
      { length: workers },
      (_, worker) => new WorkerThread({ ...start, worker }, events),
    );
    this.#alive = workers;
  }

  /** Number of packets inside the pipeline. */
  get inside(): number {
    return this.#options.slots - this.#pool.free + this.#backlog.length;
  }

  /** Number of packets that would be accepted now without a drop. */
  get credits(): number {
    return Math.max(0, this.#options.queue - this.inside);
  }

  /** The counters of the pipeline since its start. */
  get stats(): PipelineStats {
    const { signals, workers } = this.#memory;
    this.#counts.batches = 0;
    this.#counts.sleeps = 0;
    for (let worker = 0; worker < workers; worker += 1) {
      this.#counts.batches += Atomics.load(signals, SIGNAL_WORD_INDICES.batches(worker));
      this.#counts.sleeps += Atomics.load(signals, SIGNAL_WORD_INDICES.sleeps(worker));
    }
    return { ...this.#counts, drops: { ...this.#counts.drops } };
  }

  /** Loads modules on all workers, so that the first packet does not wait for them. */
  async load(moduleUrls: readonly string[]): Promise<void> {
    const loads = moduleUrls.flatMap((moduleUrl) =>
      this.#workers.map((worker) => worker.tell({ kind: 'load', moduleUrl })),
    );
    await Promise.all(loads);
  }

  /**
   * Opens a job on all workers. If that fails, every packet fails with the reason.
   * @param setup Data that all packets of the job share; copied for each worker, which wipes its copy.
   * @returns a handle for submissions.
   */
  open(address: ByteJobReference, setup: Uint8Array): number {
    const job = this.#nextJob;
    this.#nextJob += 1;
    this.#jobs.set(job, { inside: 0, isClosing: false });
    const copy = setup.slice();
    this.#tellAll({ kind: 'open', job, address, setup: copy });
    wipe(copy);
    return job;
  }

  /** Closes a job after the packets submitted so far; its handle is invalid immediately. */
  closeJob(job: number): void {
    const known = this.#jobs.get(job);
    if (known === undefined) return;
    known.isClosing = true;
    if (known.inside === 0) this.#closeNow(job);
  }

  /** Resolves when all workers have opened and closed everything requested so far. */
  async settled(): Promise<void> {
    await this.#acting;
  }

  // hot: once per packet.
  /** Accepts a packet; never blocks. */
  submit(packet: Submission): SubmissionOutcome {
    this.#counts.submitted += 1;
    const refusal = this.#refusal(packet);
    if (refusal !== 'taken') {
      this.#counts.drops[refusal] += 1;
      return refusal;
    }
    (this.#jobs.get(packet.job) as { inside: number }).inside += 1;
    const slot = this.#backlog.length === 0 ? this.#pool.take() : -1;
    if (slot >= 0) {
      this.#counts.poolHits += 1;
      this.#dispatch(slot, packet);
    } else {
      if (this.#backlog.push(packet)) this.#counts.poolHits += 1;
      else this.#counts.poolMisses += 1;
      this.#counts.copiedBytes += packet.bytes.length;
    }
    const { inside } = this;
    if (inside > this.#counts.peak) this.#counts.peak = inside;
    if (inside >= this.#options.queue) this.#isStarved = true;
    if (!this.#isPolling) this.#arm();
    return 'taken';
  }

  /** Passes waiting results to their sinks; the pipeline calls this itself, but its owner may call it too. */
  poll(): void {
    if (this.#isPolling || !this.#isOpen) return;
    this.#isPolling = true;
    this.#isArmed = false;
    try {
      for (const worker of this.#workers) this.#collect(worker, TURN_RESULTS);
    } finally {
      this.#isPolling = false;
    }
    if (this.#isStarved && this.credits > 0) {
      this.#isStarved = false;
      this.#options.onCredit?.();
    }
    if (this.inside > 0) this.#arm();
    else for (const call of this.#drained.splice(0)) call();
  }

  /** Resolves when no packet is inside. */
  drained(): Promise<void> {
    if (this.inside === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  /**
   * Ends the threads, each after its current packet, and closes their jobs. The sinks of packets that are still inside
   * are not called.
   * @returns the number of packets that were still inside.
   */
  async close(): Promise<number> {
    this.#isOpen = false;
    clearImmediate(this.#again);
    Atomics.store(this.#memory.signals, SIGNAL_WORD_INDICES.stop, 1);
    this.#wakeUp.stop();
    await Promise.all(this.#workers.map((worker) => worker.close()));
    return this.inside;
  }

  #refusal({ bytes, job }: Submission): SubmissionOutcome {
    const known = this.#jobs.get(job);
    if (known === undefined || known.isClosing) throw new RangeError(`no job ${job} is open`);
    if (!this.#isOpen || this.#alive === 0) return 'no-worker';
    if (bytes.length > this.#options.slotBytes) return 'too-long';
    return this.inside >= this.#options.queue ? 'queue-full' : 'taken';
  }

  // hot: once per packet.
  #dispatch(slot: number, { job, bytes, sink, token, affinity }: Submission): void {
    const worker = this.#workerFor(affinity);
    this.#views.bytes(slot, bytes.length).set(bytes);
    this.#counts.copiedBytes += bytes.length;
    this.#sinks[slot] = sink;
    this.#tokens[slot] = token;
    this.#slotWorkers[slot] = worker.index;
    this.#slotJobs[slot] = job;
    worker.request(slot, bytes.length, job);
  }

  // hot: once per packet.
  /** The worker for an affinity; if the affinity is negative, the least loaded worker, equally loaded ones in turn. */
  #workerFor(affinity: number): WorkerThread {
    const workers = this.#workers;
    const count = workers.length;
    const first = affinity >= 0 ? affinity % count : this.#nextWorker;
    this.#nextWorker = (first + 1) % count;
    let best: WorkerThread | undefined;
    for (let step = 0; step < count; step += 1) {
      const worker = workers[(first + step) % count] as WorkerThread;
      if (!worker.isAlive) continue;
      if (affinity >= 0) return worker;
      if (best === undefined || worker.inside < best.inside) best = worker;
    }
    if (best === undefined) throw new Error('no worker is alive');
    return best;
  }

  // hot: once per packet.
  #collect(worker: WorkerThread, max: number): void {
    const { results } = worker;
    const { words } = results;
    for (let count = 0; count < max; count += 1) {
      const at = results.peek();
      if (at < 0) return;
      const slot = words[at + RESULT_WORD_INDICES.slot] as number;
      const result = this.#result;
      const isDone = words[at + RESULT_WORD_INDICES.status] === RESULT_STATUS.done;
      result.status = isDone ? 'done' : 'failed';
      result.bytes = this.#views.bytes(slot, words[at + RESULT_WORD_INDICES.length] as number);
      result.record = this.#views.record(
        slot,
        words[at + RESULT_WORD_INDICES.recordLength] as number,
      );
      result.worker = worker.index;
      results.take();
      worker.inside -= 1;
      if (isDone) this.#counts.processed += 1;
      else this.#counts.failed += 1;
      this.#end(slot);
    }
  }

  /** Reports a result and gives the slot to the next packet that waits for one. */
  #end(slot: number): void {
    const sink = this.#sinks[slot];
    this.#sinks[slot] = undefined;
    this.#leave(this.#slotJobs[slot] as number);
    this.#slotWorkers[slot] = NO_WORKER;
    try {
      sink?.done(this.#tokens[slot] as number, this.#result);
    } finally {
      const next = this.#alive > 0 ? this.#backlog.shift() : undefined;
      if (next === undefined) this.#pool.give(slot);
      else this.#dispatch(slot, next);
    }
  }

  #leave(job: number): void {
    const known = this.#jobs.get(job);
    if (known === undefined) return;
    known.inside -= 1;
    if (known.isClosing && known.inside === 0) this.#closeNow(job);
  }

  #closeNow(job: number): void {
    this.#jobs.delete(job);
    this.#tellAll({ kind: 'close', job });
  }

  /** Arranges that `poll` is called when results arrive. */
  #arm(): void {
    if (this.#isArmed || this.#again !== undefined || !this.#isOpen) return;
    this.#wakeUp.arm();
    this.#isArmed = true;
    if (!this.#workers.some(({ results }) => results.waiting > 0)) return;
    // The results that are left arrived earlier, so no wake-up will announce them. Other work of the event loop
    // goes first.
    this.#again = setImmediate(() => {
      this.#again = undefined;
      this.poll();
    });
  }

  #tellAll(message: WorkerMessage): void {
    const told = this.#workers.map((worker) => worker.tell(message));
    this.#acting = Promise.all([this.#acting, ...told]);
  }

  #died(worker: WorkerThread, reason: string): void {
    if (!this.#isOpen) return;
    this.#alive -= 1;
    // Results that the dead worker has published are complete, so they are delivered.
    this.#collect(worker, this.#options.slots);
    const slots = [...this.#slotWorkers.keys()].filter(
      (slot) => this.#slotWorkers[slot] === worker.index,
    );
    const waiting = this.#alive === 0 ? this.#backlog.length : 0;
    this.#counts.lost += slots.length + waiting;
    this.#options.onDeath?.(worker.name, reason, slots.length + waiting);
    this.#result.worker = worker.index;
    for (const slot of slots) {
      this.#lose();
      this.#end(slot);
    }
    for (let left = waiting; left > 0; left -= 1) {
      const packet = this.#backlog.shift();
      if (packet === undefined) continue;
      this.#lose();
      this.#leave(packet.job);
      packet.sink.done(packet.token, this.#result);
    }
    this.poll();
  }

  #lose(): void {
    this.#result.status = 'lost';
    this.#result.bytes = NOTHING;
    this.#result.record = NOTHING;
  }
}
