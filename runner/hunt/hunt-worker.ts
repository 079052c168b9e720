/**
 * Worker thread of a hunt.
 *
 * @module
 */
import { installClockGuard } from '../../engine/live/clock-guard.ts';
import { STACK_FRAMES_MAX } from '../../engine/live/stack-locations.ts';
import type { AttemptOutcome } from './attempt.ts';
import { type HuntJob, HuntJobs } from './hunt-jobs.ts';
import { makeNodeOpener } from './make-node-opener.ts';

const jobs = new HuntJobs(makeNodeOpener);

/** Tries a job. @returns undefined if its file cannot be opened. */
export async function runHuntJob(job: HuntJob): Promise<AttemptOutcome | undefined> {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  installClockGuard();
  return await jobs.run(job);
}
