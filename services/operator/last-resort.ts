/**
 * Ends a process whose main thread no longer responds. If a node computes endlessly after it was
 * told to stop, no timer fires, not even the one for the deadline.
 *
 * A separate thread waits, writes a message, and kills the process. It is started only when
 * draining begins.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';

/** When {@link startForcedKillThread} kills the process, and the message that it writes before. */
export interface ForcedKillOptions {
  /** Time until the process is killed, ms. */
  readonly afterMs: number;
  /** The message written to stderr before the process is killed, with its line break. */
  readonly line: string;
}

/** Plain JavaScript in a string, so that it needs no file and also works in a bundle. */
const PROGRAM = `
const { workerData: { afterMs, line } } = require('node:worker_threads');
setTimeout(() => {
  try { require('node:fs').writeSync(2, line); } catch {}
  process.kill(process.pid, 'SIGKILL');
}, afterMs);
`;

/** Starts the thread; it does not keep the process alive. */
export function startForcedKillThread(order: ForcedKillOptions): void {
  const worker = new Worker(PROGRAM, { eval: true, workerData: order });
  worker.unref();
}
