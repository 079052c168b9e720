/**
 * The loop of a worker of a pipeline: takes requests in batches, runs their jobs in place,
 * publishes each result when the job is done, and sleeps when there is nothing to do.
 *
 * The loop wakes the main thread when it runs out of requests, and while there are requests after a number of results.
 * Results are published before the wake-up, so the main thread finds them when it wakes up.
 *
 * @module
 */

import { receiveMessageOnPort } from 'node:worker_threads';
import { wipe } from '../../core/secrets.ts';
import type { OpenedByteJob } from '../../host/compute.ts';
import { type SharedMemory, SIGNAL_WORD_INDICES, SlotViews } from './memory.ts';
import {
  type ByteJobReference,
  PORT_MESSAGE_SLOT,
  REQUEST_WORD_INDICES,
  RESULT_STATUS,
  RESULT_WORD_INDICES,
  type WorkerAnswer,
  type WorkerMessage,
  type WorkerStartParameters,
} from './messages.ts';
import { RingReader, RingWriter } from './ring.ts';

/** Longest error message of a failed job, bytes. */
const FAILURE_MAX = 1_000;

/** What the loop needs from its thread. */
export interface WorkerSurroundings {
  /** Loads a module whose jobs may be opened. */
  load(moduleUrl: string): Promise<unknown>;
  /** Prepares a job. @throws Error if there is no such job. */
  open(address: ByteJobReference, setup: Uint8Array): Promise<ReadyJob>;
  answer(answer: WorkerAnswer): void;
}

/** A job and the length of its record. */
export interface ReadyJob {
  readonly job: OpenedByteJob;
  readonly recordLength: number;
}

/**
 * Takes requests in batches, runs their jobs in place and publishes the results, until told to end.
 */
export class WorkerLoop {
  readonly #start: WorkerStartParameters;
  readonly #around: WorkerSurroundings;
  readonly #signals: Int32Array;
  readonly #requests: RingReader;
  readonly #results: RingWriter;
  readonly #views: SlotViews;
  readonly #jobs = new Map<number, ReadyJob | { readonly failure: string }>();
  #unannounced = 0;

  constructor(start: WorkerStartParameters, around: WorkerSurroundings) {
    const { memory, worker } = start;
    this.#start = start;
    this.#around = around;
    this.#signals = memory.signals;
    this.#requests = new RingReader(wordsOf(memory.requests, worker));
    this.#results = new RingWriter(wordsOf(memory.results, worker));
    this.#views = new SlotViews(memory);
  }

  /** Ends when the main thread has set the stop signal; then closes all jobs. */
  async run(): Promise<void> {
    while (!this.#isStopped()) {
      const next = this.#batch();
      if (next === 'message') await this.#act();
      else if (next === 'idle') this.#sleep();
    }
    for (const known of this.#jobs.values()) if ('job' in known) known.job.close();
  }

  // hot: the loop of a thread; nothing is allocated here.
  #batch(): 'message' | 'idle' | 'more' {
    const { batch, worker } = this.#start;
    const { words } = this.#requests;
    let left = Math.min(batch, this.#requests.waiting);
    if (left === 0) return 'idle';
    Atomics.add(this.#signals, SIGNAL_WORD_INDICES.batches(worker), 1);
    for (; left > 0 && !this.#isStopped(); left -= 1) {
      const at = this.#requests.peek();
      const slot = words[at + REQUEST_WORD_INDICES.slot] as number;
      if (slot === PORT_MESSAGE_SLOT) return 'message';
      this.#runJob(
        slot,
        words[at + REQUEST_WORD_INDICES.length] as number,
        words[at + REQUEST_WORD_INDICES.job] as number,
      );
      this.#requests.take();
    }
    return 'more';
  }

  #runJob(slot: number, length: number, job: number): void {
    const known = this.#jobs.get(job);
    if (known === undefined) this.#fail(slot, `no job ${job} is open`);
    else if ('failure' in known) this.#fail(slot, known.failure);
    else {
      const { recordLength } = known;
      const record = this.#views.record(slot, recordLength);
      wipe(record);
      try {
        known.job.run(this.#views.bytes(slot, length), record);
      } catch (error) {
        this.#fail(slot, messageOf(error));
        return;
      }
      this.#publish(slot, length, RESULT_STATUS.done, recordLength);
    }
  }

  #fail(slot: number, message: string): void {
    const bytes = new TextEncoder().encode(message).subarray(0, FAILURE_MAX);
    const length = Math.min(bytes.length, this.#start.memory.slotBytes);
    this.#views.bytes(slot, length).set(bytes.subarray(0, length));
    this.#publish(slot, length, RESULT_STATUS.failed, 0);
  }

  // hot: once per packet.
  #publish(slot: number, length: number, status: number, recordLength: number): void {
    const { words } = this.#results;
    const at = this.#results.claim();
    // The ring has twice as many entries as there are slots.
    if (at < 0) throw new Error('a ring of results is full');
    words[at + RESULT_WORD_INDICES.slot] = slot;
    words[at + RESULT_WORD_INDICES.length] = length;
    words[at + RESULT_WORD_INDICES.status] = status;
    words[at + RESULT_WORD_INDICES.recordLength] = recordLength;
    this.#results.put();
    this.#unannounced += 1;
    if (this.#unannounced >= this.#start.announceEvery) this.#announce();
  }

  #announce(): void {
    this.#unannounced = 0;
    if (Atomics.exchange(this.#signals, SIGNAL_WORD_INDICES.mainSleeps, 0) === 0) return;
    if (this.#start.wakeUp === 'port') this.#around.answer('results');
    else Atomics.notify(this.#signals, SIGNAL_WORD_INDICES.mainSleeps);
  }

  #sleep(): void {
    if (this.#unannounced > 0) this.#announce();
    const { worker } = this.#start;
    const word = SIGNAL_WORD_INDICES.workerSleeps(worker);
    Atomics.store(this.#signals, word, 1);
    // The counter is checked once more, because the main thread does not wake this thread for an
    // entry that it added before this thread announced its sleep.
    if (this.#requests.waiting > 0 || this.#isStopped()) {
      Atomics.store(this.#signals, word, 0);
      return;
    }
    Atomics.add(this.#signals, SIGNAL_WORD_INDICES.sleeps(worker), 1);
    Atomics.wait(this.#signals, word, 1);
  }

  async #act(): Promise<void> {
    if (this.#unannounced > 0) this.#announce();
    const received = receiveMessageOnPort(this.#start.messages);
    if (received === undefined) throw new Error('a message was announced but is missing');
    await this.#obey(received.message as WorkerMessage);
    this.#requests.take();
    this.#around.answer('acted');
  }

  async #obey(message: WorkerMessage): Promise<void> {
    switch (message.kind) {
      case 'load':
        // If a module does not load, opening its job fails later, with the reason.
        await this.#around.load(message.moduleUrl).catch(() => undefined);
        return;
      case 'open':
        this.#jobs.set(message.job, await this.#open(message.address, message.setup));
        wipe(message.setup);
        return;
      case 'close': {
        const known = this.#jobs.get(message.job);
        this.#jobs.delete(message.job);
        if (known !== undefined && 'job' in known) known.job.close();
        return;
      }
    }
  }

  async #open(
    address: ByteJobReference,
    setup: Uint8Array,
  ): Promise<ReadyJob | { readonly failure: string }> {
    try {
      return await this.#around.open(address, setup);
    } catch (error) {
      return { failure: messageOf(error) };
    }
  }

  #isStopped(): boolean {
    return Atomics.load(this.#signals, SIGNAL_WORD_INDICES.stop) !== 0;
  }
}

function wordsOf(rings: SharedMemory['requests'], worker: number): Int32Array {
  const words = rings[worker];
  if (words === undefined) throw new Error(`no rings for worker ${worker}`);
  return words;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
