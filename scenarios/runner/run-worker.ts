/**
 * Worker thread: runs one seed and answers with plain data.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';
import { environmentError } from '../../engine/live/environment.ts';
import { loadScenario } from '../files/load.ts';
import { ProtocolRegistry } from '../registry.ts';
import { FaultError } from './fault-driver.ts';
import { PROJECT_FOLDERS } from './folders.ts';
import type { SeedAnswer, SeedJob } from './job.ts';
import { RunControl } from './run-control.ts';
import { runSeed } from './run-seed.ts';

/** Runs a job; never throws, so that a failure keeps its kind across threads. */
export async function runJob(job: SeedJob): Promise<SeedAnswer> {
  try {
    const registry = new ProtocolRegistry();
    await registry.loadNamedBy(job.file, PROJECT_FOLDERS);
    const scenario = loadScenario({
      path: job.file,
      folders: PROJECT_FOLDERS,
      overrides: job.overrides,
      registry,
    });
    const { seed, recordings } = job;
    const control = job.shared === undefined ? undefined : new RunControl(job.shared);
    let story = '';
    const onStory = (text: string): void => {
      story = text;
    };
    const base = { scenario, registry, seed, recordings, onStory };
    const result = runSeed(control === undefined ? base : { ...base, control });
    return story === '' ? { kind: 'result', result } : { kind: 'result', result, story };
  } catch (error) {
    return answerOf(error, job);
  }
}

function answerOf(error: unknown, job: SeedJob): SeedAnswer {
  if (error instanceof FaultError) {
    const { file, line, column } = error.spec.position;
    return { kind: 'scenario-error', file, line, column, message: error.message };
  }
  const machine = environmentError(error);
  if (machine !== undefined) return { kind: 'refused', message: machine.message };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = error instanceof InvariantError ? 'invariant' : 'exception';
  return { kind: 'broken', message: `${name} with seed ${job.seed}: ${message}`, stack };
}
