/**
 * Ends a process whose own thread does not answer any more: a node that computes without end when it
 * is told to stop would otherwise keep every timer from firing, that of the deadline too.
 *
 * A thread of its own waits, says what it does, and kills. Starts when draining begins, so that a process
 * at work has no such thread.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';

/** What the thread is told. */
export interface LastResort {
  /** From now, ms. */
  readonly afterMs: number;
  /** Written to stderr before the end, with a line break. */
  readonly line: string;
}

/** Plain JavaScript: it runs from sources and from a bundle, without a file of its own. */
const PROGRAM = `
const { workerData: { afterMs, line } } = require('node:worker_threads');
setTimeout(() => {
  try { require('node:fs').writeSync(2, line); } catch {}
  process.kill(process.pid, 'SIGKILL');
}, afterMs);
`;

/** Starts the thread; it keeps no process alive. */
export function startLastResort(order: LastResort): void {
  const worker = new Worker(PROGRAM, { eval: true, workerData: order });
  worker.unref();
}
