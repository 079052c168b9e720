/** A worker of a fleet whose queue is this test: jobs go in, and what a queue would hold comes out. */
import type { Job } from 'bullmq';
import type { FleetQueueServer } from '../../../../runner/fleet/fleet-engine.ts';
import type { FleetAnswer, FleetJob } from '../../../../runner/fleet/fleet-job.ts';
import { FleetWorker } from '../../../../runner/fleet/fleet-worker.ts';
import { makeRunIdentity } from '../../../../runner/sweep/kept-runs.ts';
import { openScenario } from '../../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { hashScenarioFiles } from '../../../../scenarios/open/run-files.ts';

/** A worker in the current folder. */
export interface TestWorker {
  /** What the queue holds of a job that ended, as text: its answer, or why it failed. */
  answer(job: FleetJob): Promise<string>;
  close(): Promise<void>;
}

const COMMIT = 'test';

/** Starts a worker. */
export async function startWorker(threads: number, timeLimitMs?: number): Promise<TestWorker> {
  let work: ((job: Job) => Promise<unknown>) | undefined;
  const nothing = async (): Promise<void> => undefined;
  const ignore = (): void => undefined;
  const engine = {
    queue: (): object => ({ getJob: nothing, add: nothing }),
    worker: (_name: string, given: typeof work): object => {
      work = given;
      return { on: ignore, close: nothing };
    },
  };
  const worker = new FleetWorker({
    ...{ engine: engine as unknown as FleetQueueServer, commit: COMMIT, threads, timeLimitMs },
    onNotice: ignore,
  });
  await worker.start();
  const answer = async (data: FleetJob): Promise<string> => {
    const job = { id: data.id, data, log: nothing } as unknown as Job;
    try {
      const ended = (await work?.(job)) as FleetAnswer;
      return ended.kind === 'result' ? `result ${ended.fingerprint}` : JSON.stringify(ended);
    } catch (error) {
      // Queues keep both.
      return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  };
  return { answer, close: (): Promise<void> => worker.close() };
}

/** A job that names what it does not know. */
export function blindJob(change: Partial<FleetJob>): FleetJob {
  return {
    ...{ version: 1, id: `run-${'0'.repeat(32)}`, commit: COMMIT, file: 'small.yaml', seed: 1 },
    ...{ files: { scenario: 'x' }, parameters: {}, isKept: false, ...change },
  };
}

/** A job as a sweep makes it that has the same files. */
export async function honestJob(
  file: string,
  parameters: Readonly<Record<string, string>> = {},
  seed = 1,
): Promise<FleetJob> {
  const loaded = await openScenario(file, parameters, new ProtocolRegistry());
  const cell = { ...loaded, index: 0, parameters, isKept: false };
  const id = makeRunIdentity(cell, seed, COMMIT);
  return blindJob({ id, file, seed, parameters, files: hashScenarioFiles(loaded.scenario) });
}
