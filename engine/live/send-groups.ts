/**
 * The option of Node with which datagrams of one turn of an event loop leave in groups of up to
 * twenty, with one call of the system each (ADR 0016).
 *
 * Without it Node asks the system for every datagram. The option is not documented and its name says
 * that it is meant for tests, so it is asked for, never relied on: a Node that does not know it runs
 * as it always did.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';

const OPTION = '--test-udp-no-try-send';
const UNKNOWN = 'ERR_WORKER_INVALID_EXEC_ARGV';

/**
 * Options for threads and processes of this Node that send many datagrams.
 * @param option The one to ask for.
 * @returns none where this Node does not know it: it would not start with it.
 */
export function sendGroupOptions(option: string = OPTION): readonly string[] {
  try {
    // An unknown option is refused within this call; a thread that knows it has nothing to do.
    const worker = new Worker('', { eval: true, execArgv: [option], stdout: true, stderr: true });
    worker.unref();
    worker.on('error', () => undefined);
    return [option];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === UNKNOWN) return [];
    throw error;
  }
}
