/**
 * Runs `orrery node` on a thread of its own, so that the process obeys signals whatever its node does.
 * The main thread passes signals on, logs when and in which line the node blocks its event loop, and
 * ends the process if the thread does not end in time.
 *
 * As long as the thread responds, it does the draining, reloading and logging itself (services/operator).
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { entryModuleUrl } from '../engine/live/own-form.ts';
import { innermostUserFrame, pathForUsers } from '../engine/live/stack-locations.ts';
import { stackOfThread } from '../engine/live/thread-stack.ts';
import { STUCK_LIVE_CALL_MS } from '../runner/threads/seed-watch.ts';
import { DRAIN_DEADLINE_MS } from '../services/operator/index.ts';
import { printFirstProblem } from './exit.ts';

const ENTRY = entryModuleUrl('./node-thread', import.meta.url);
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const;
const ENDING: readonly string[] = ['SIGTERM', 'SIGINT'];
const CHECK_MS = 100;
/**
 * Time, ms, for which the thread may end by itself after the deadline of its drain; together, the
 * process ends within 5 s.
 */
const STUCK_MS = 150;
/**
 * The thread counts as silent if its heartbeat counter has not changed for this time, ms: three heartbeat intervals.
 */
const SILENT_MS = 300;
const STDERR = 2;
const EXIT_NOT_DRAINED = 1;

/** Runs the command of this process in a thread, until the thread ends. */
export async function runNodeInThread(node: string): Promise<void> {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(ENTRY), {
    argv: process.argv.slice(2),
    workerData: beats.buffer,
    execArgv: [],
  });
  const guard = new Guard(worker, node, beats);
  const code = await new Promise<number>((resolve) => {
    worker.on('error', (error) => printFirstProblem(error, false));
    worker.once('exit', resolve);
  });
  guard.dispose();
  process.exitCode = code;
}

/** The main thread's part while the node runs in its worker: passes signals on and watches it. */
class Guard {
  readonly #worker: Worker;
  readonly #node: string;
  readonly #beats: Int32Array;
  readonly #timer: NodeJS.Timeout;
  readonly #handlers = SIGNALS.map((signal) => [signal, (): void => this.#pass(signal)] as const);
  #lastBeat = 0;
  /** When the thread's heartbeat counter last changed, ms. */
  #beatMs = performance.now();
  #place: Promise<string> | undefined;
  /** When the thread was first asked to end, ms. */
  #askedMs: number | undefined;

  constructor(worker: Worker, node: string, beats: Int32Array) {
    this.#worker = worker;
    this.#node = node;
    this.#beats = beats;
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
    worker.on('message', (signal: NodeJS.Signals) => this.#obey(signal));
    this.#timer = setInterval(() => this.#check(performance.now()), CHECK_MS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #pass(signal: NodeJS.Signals): void {
    if (ENDING.includes(signal)) this.#askedMs ??= performance.now();
    this.#worker.postMessage(signal);
  }

  /**
   * Does what the system does by default for a signal, because the thread has no handler for it
   * (yet).
   */
  #obey(signal: NodeJS.Signals): void {
    this.dispose();
    process.kill(process.pid, signal);
  }

  #check(nowMs: number): void {
    const beat = Atomics.load(this.#beats, 0);
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat;
      this.#beatMs = nowMs;
      this.#place = undefined;
    }
    const heldMs = nowMs - this.#beatMs;
    // Before its first heartbeat, the worker is still loading its program, so it does not count as
    // blocked.
    if (beat > 0 && heldMs >= STUCK_LIVE_CALL_MS && this.#place === undefined)
      void this.#tell(heldMs);
    const askedMs = this.#askedMs;
    if (askedMs === undefined || nowMs - askedMs < DRAIN_DEADLINE_MS + STUCK_MS) return;
    if (heldMs < SILENT_MS) return;
    clearInterval(this.#timer);
    void this.#end();
  }

  /** Logs that the node blocks its event loop; called once each time that this happens. */
  async #tell(heldMs: number): Promise<void> {
    this.#place = this.#where();
    const seconds = Math.round(heldMs / 1_000);
    this.#write('warn', `has held its event loop for ${seconds} s${await this.#place}`);
  }

  async #end(): Promise<void> {
    const where = await this.#place;
    const node = `node ${this.#node}`;
    this.#write(
      'error',
      `not drained within ${DRAIN_DEADLINE_MS} ms: ${node} computes without end${where ?? ''}; ended`,
    );
    // A thread in an endless loop of native code cannot be terminated, and a normal exit would wait
    // for it: hence SIGKILL.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), STUCK_MS);
    await this.#worker.terminate();
    process.exit(EXIT_NOT_DRAINED);
  }

  /** The text ` in FILE:LINE` for the line that the thread executes; empty if it is unknown. */
  async #where(): Promise<string> {
    const place = innermostUserFrame((await stackOfThread(this.#worker.threadId)) ?? '');
    return place === undefined
      ? ''
      : ` in ${pathForUsers(place.file, process.cwd())}:${place.line}`;
  }

  /** Writes a line in the format of the log; the log itself is on the other thread. */
  #write(level: 'warn' | 'error', message: string): void {
    const node = this.#node;
    const timestamp = new Date().toISOString();
    const line = JSON.stringify({ level, timestamp, node, component: 'signals', message });
    try {
      writeSync(STDERR, `${line}\n`);
    } catch {
      // Standard error is closed; the line is lost, and the process still ends.
    }
  }
}
