/**
 * The program of a worker thread, which runs one seed and answers with plain data.
 *
 * @module
 */
import { threadId } from 'node:worker_threads';
import { installClockGuard } from '../../engine/live/clock-guard.ts';
import { STACK_FRAMES_MAX } from '../../engine/live/stack-locations.ts';
import { loadScenarioWithModules } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ConfigError, formatErrorWithoutSource } from '../../topologies/files/config-error.ts';
import type { SeedAnswer, SeedJob } from '../run/job.ts';
import { RunControl } from '../run/run-control.ts';
import { runSeed } from '../run/run-seed.ts';
import { makeFailureAnswer } from '../run/seed-answer.ts';

/**
 * Runs the seed of a job in this thread. It never throws: failures become answers, which keep their
 * kind between threads.
 */
export async function runJob(job: SeedJob): Promise<SeedAnswer> {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  // The guard is installed before other modules are loaded, because these may keep references to clock
  // functions.
  installClockGuard();
  const control = job.shared === undefined ? undefined : new RunControl(job.shared);
  control?.noteThread(threadId);
  try {
    const registry = new ProtocolRegistry();
    const scenario = await loadScenarioWithModules(job.file, job.overrides, registry, job.asked);
    const { seed, recordings, endsOnMiss = false } = job;
    let journey = '';
    const onJourneys = (text: string): void => {
      journey = text;
    };
    const calls = job.calls === undefined ? {} : { calls: job.calls };
    const base = { scenario, registry, seed, recordings, onJourneys, endsOnMiss, ...calls };
    const result = runSeed(control === undefined ? base : { ...base, control });
    return journey === '' ? { kind: 'result', result } : { kind: 'result', result, journey };
  } catch (error) {
    // The files had no mistakes when the run was requested, so they were changed since then. The
    // message must not quote them, because its reader may not be allowed to see them.
    if (error instanceof ConfigError)
      return { kind: 'refused', message: formatErrorWithoutSource(error) };
    return makeFailureAnswer(error, job.seed);
  }
}
