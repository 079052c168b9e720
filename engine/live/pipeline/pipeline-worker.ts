/**
 * A thread of a pipeline: its loop, with the modules and providers that jobs need.
 *
 * Starts by itself if it is loaded as a thread.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { cryptoOf, jobsOf } from '../compute-worker.ts';
import { RECORD_MAX } from './memory.ts';
import type { JobAddress, WorkerStart } from './messages.ts';
import { type ReadyJob, WorkerLoop } from './worker-loop.ts';

async function open({ moduleUrl, job, crypto }: JobAddress, setup: Uint8Array): Promise<ReadyJob> {
  const bytes = (await jobsOf(moduleUrl))[job]?.bytes;
  if (bytes === undefined) throw new Error(`no job ${job} on bytes in ${moduleUrl}`);
  if (bytes.recordLength > RECORD_MAX) {
    throw new RangeError(`job ${job}: a record has at most ${RECORD_MAX} bytes`);
  }
  return { job: bytes.open(setup, cryptoOf(crypto)), recordLength: bytes.recordLength };
}

if (parentPort !== null) {
  const port = parentPort;
  await new WorkerLoop(workerData as WorkerStart, {
    load: jobsOf,
    open,
    answer: (answer) => port.postMessage(answer),
  }).run();
  (workerData as WorkerStart).messages.close();
}
