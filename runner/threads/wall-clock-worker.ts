/**
 * The program of a worker thread that runs one seed in real time, live or emulated, and answers with
 * plain data.
 *
 * A node that computes without end blocks this thread only, so the main thread stays free for signals
 * (wall-clock-thread.ts).
 *
 * @module
 */
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { assert } from '../../engine/core/assert.ts';
import { STACK_FRAMES_MAX } from '../../engine/live/stack-locations.ts';
import { openScenarioAllowingPrograms } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { runEmulatedSeed } from '../run/emulate-run.ts';
import type { SeedAnswer } from '../run/job.ts';
import { runLiveSeed } from '../run/live-run.ts';
import { RunControl } from '../run/run-control.ts';
import type { RunRequest } from '../run/run-order.ts';
import { makeFailureAnswer } from '../run/seed-answer.ts';
import type { WallClockJob, WallClockReport } from './wall-clock-job.ts';

/** Runs the job in the start data of the thread. */
export async function runWallClockSeed(): Promise<void> {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  const job = workerData as WallClockJob;
  const port = parentPort;
  assert(port !== null, 'a run by the wall clock has a thread of its own');
  const tell = (news: WallClockReport): void => port.postMessage(news);
  const stop = new AbortController();
  port.on('message', () => stop.abort());
  tell({ kind: 'answer', answer: await answerTo(job, stop.signal, tell) });
}

async function answerTo(
  job: WallClockJob,
  signal: AbortSignal,
  tell: (news: WallClockReport) => void,
): Promise<SeedAnswer> {
  const { file, overrides, seed, seeds, recordings, endsOnMiss } = job;
  const control = new RunControl(job.shared);
  control.noteThread(threadId);
  try {
    const registry = new ProtocolRegistry();
    const loaded = await openScenarioAllowingPrograms(file, overrides, registry);
    const order: RunRequest = {
      ...loaded,
      seeds,
      recordingsOf: () => recordings,
      endsOnMiss,
      reproduce: '',
      commit: '',
      signal,
      onProgress: ({ nowNs, events }) => tell({ kind: 'progress', nowNs, events }),
      onJourneys: (text) => tell({ kind: 'journey', text }),
    };
    const turn = { seed, seedsDone: 0, beganMs: performance.now() };
    const watched = { registry, control, calls: job.calls };
    if (job.command === 'live')
      return await runLiveSeed({ ...order, ...job.how, ...watched }, turn);
    const onProgram = (pid: number, isLiving: boolean): void =>
      tell({ kind: 'program', pid, isLiving });
    return await runEmulatedSeed({ ...order, ...job.how, ...watched, onProgram }, turn);
  } catch (error) {
    return makeFailureAnswer(error, seed);
  }
}
