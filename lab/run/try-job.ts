/**
 * Tries an attempt of a hunt, or a file while a break is shrunk.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { AttemptOutcome } from '../../runner/hunt/attempt.ts';
import { type HuntJob, HuntJobs } from '../../runner/hunt/hunt-jobs.ts';
import type { ScenarioOpener } from '../../runner/hunt/scenario-opener.ts';
import type { LabFiles } from './lab-task.ts';

/** The jobs of the last attempt, which keep its scenario open, and a key for the files that they belong to. */
let last: { readonly files: string; readonly jobs: HuntJobs } | undefined;

/** Tries a job on the files of a task. @returns undefined if its file cannot be opened. */
export async function tryJob(
  job: HuntJob,
  files: LabFiles,
  makeOpener: () => ScenarioOpener,
): Promise<AttemptOutcome | undefined> {
  if (job.kind === 'file') return await new HuntJobs(makeOpener).run(job);
  const names = [...files].map(([name, bytes]) => [name, bytesToHex(sha256(bytes))]);
  const key = JSON.stringify(names);
  if (last?.files !== key) last = { files: key, jobs: new HuntJobs(makeOpener) };
  return await last.jobs.run(job);
}
