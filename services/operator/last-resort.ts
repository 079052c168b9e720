/**
 * Ends a process whose main thread no longer responds: when a node computes endlessly after it was
 * told to stop, no timer fires, not even the one for the deadline.
 *
 * A separate thread waits, writes a message, and kills the process. It is started when draining
 * begins, so that a working process does not have it.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';

/** The order to the thread. */
export interface LastResort {
  /** From now, ms. */
  readonly afterMs: number;
  /** Written to stderr before the end, with a line break. */
  readonly line: string;
}

/** Plain JavaScript, so that it runs from sources and from a bundle without a file of its own. */
const PROGRAM = `
const { workerData: { afterMs, line } } = require('node:worker_threads');
setTimeout(() => {
  try { require('node:fs').writeSync(2, line); } catch {}
  process.kill(process.pid, 'SIGKILL');
}, afterMs);
`;

/** Starts the thread; it does not keep the process alive. */
export function startLastResort(order: LastResort): void {
  const worker = new Worker(PROGRAM, { eval: true, workerData: order });
  worker.unref();
}
