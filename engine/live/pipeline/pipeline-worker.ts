/**
 * A thread of a pipeline: its loop, with the modules and providers that jobs need.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { findCryptoProvider, jobsOfModule } from '../compute-worker.ts';
import { RECORD_BYTES_MAX } from './memory.ts';
import type { ByteJobReference, WorkerAnswer, WorkerStartParameters } from './messages.ts';
import { type ReadyJob, WorkerLoop } from './worker-loop.ts';

/** Runs this thread's loop until the pipeline ends. */
export async function runPipelineWorker(): Promise<void> {
  const start = workerData as WorkerStartParameters;
  const around = {
    load: jobsOfModule,
    open,
    answer: (answer: WorkerAnswer): void => parentPort?.postMessage(answer),
  };
  await new WorkerLoop(start, around).run();
  start.messages.close();
}

async function open(
  { moduleUrl, job, crypto }: ByteJobReference,
  setup: Uint8Array,
): Promise<ReadyJob> {
  const bytes = (await jobsOfModule(moduleUrl))[job]?.bytes;
  if (bytes === undefined) throw new Error(`no job ${job} on bytes in ${moduleUrl}`);
  if (bytes.recordLength > RECORD_BYTES_MAX) {
    throw new RangeError(`job ${job}: a record has at most ${RECORD_BYTES_MAX} bytes`);
  }
  return { job: bytes.open(setup, findCryptoProvider(crypto)), recordLength: bytes.recordLength };
}
