/** What is asked of a queue and taken from it; the queue is a double in memory. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FleetQueueServer } from '../../../../runner/fleet/fleet-engine.ts';
import { FleetExecutor } from '../../../../runner/fleet/fleet-executor.ts';
import type { FleetJob } from '../../../../runner/fleet/fleet-job.ts';
import type { SeedAnswer } from '../../../../runner/run/job.ts';
import { packResult } from '../../../../runner/sweep/packed-result.ts';
import type { SweepCombination } from '../../../../runner/sweep/run-sweep.ts';
import { hashScenarioFiles } from '../../../../scenarios/open/run-files.ts';
import { load, run } from '../fixture.ts';

const scenario = load('hello.yaml', { duration: '1500ms' });
const result = { ...run(scenario), seed: 1 };
const cell = { index: 0, parameters: {}, isKept: false, scenario } as unknown as SweepCombination;
const ANSWER = { kind: 'result', fingerprint: result.fingerprint, result: packResult(result) };

/** A job of the double, in the words of the queue. */
class Job {
  finishedOn?: number;
  returnvalue?: unknown;
  failedReason?: string;
  readonly data: unknown;
  readonly remove: () => Promise<void>;

  constructor(data: unknown, remove: () => void) {
    this.data = data;
    this.remove = (): Promise<void> => Promise.resolve(remove());
  }

  isFailed(): Promise<boolean> {
    return Promise.resolve(this.failedReason !== undefined);
  }
}

class Queue {
  readonly jobs = new Map<string, Job>();
  added = 0;
  logs: string[] = [];

  add(_name: string, data: unknown, { jobId }: { readonly jobId: string }): Promise<void> {
    if (!this.jobs.has(jobId)) {
      this.added += 1;
      this.jobs.set(jobId, new Job(data, () => this.jobs.delete(jobId)));
    }
    return Promise.resolve();
  }

  getJob(id: string): Promise<Job | undefined> {
    return Promise.resolve(this.jobs.get(id));
  }

  getJobLogs(): Promise<{ readonly logs: string[] }> {
    return Promise.resolve({ logs: this.logs });
  }

  remove(id: string): Promise<void> {
    this.jobs.delete(id);
    return Promise.resolve();
  }

  end(how: Pick<Job, 'returnvalue' | 'failedReason'>): void {
    for (const job of this.jobs.values()) Object.assign(job, how, { finishedOn: 1 });
  }
}

let runs: Queue;
let fleet: FleetExecutor;
let open: (isFresh: boolean) => Promise<FleetExecutor>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout'] });
  runs = new Queue();
  const heads = new Queue();
  const queue = (name: string): Queue => (name === 'head' ? heads : runs);
  const engine = {
    queue,
    listenForEndedJobs: () => undefined,
    problemOf: String,
  } as unknown as FleetQueueServer;
  open = (isFresh): Promise<FleetExecutor> =>
    FleetExecutor.open(engine, 'c0ffee', { fileOf: () => 'hello.yaml', isFresh });
  fleet = await open(false);
});
afterEach(() => {
  fleet.close();
  vi.useRealTimers();
});

/** Some looks at the queue later. */
const later = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5_000);

describe('a fleet', () => {
  it('is asked by name, with what a worker needs', async () => {
    const answer = fleet.run(cell, 1);
    await later();
    const [id = ''] = runs.jobs.keys();
    const data = runs.jobs.get(id)?.data as FleetJob;
    expect(data).toEqual({
      ...{ version: 1, id, commit: 'c0ffee', seed: 1, isKept: false, file: 'hello.yaml' },
      parameters: scenario.overrides,
      files: hashScenarioFiles(scenario),
    });
    expect(Object.keys(data.files)).toContain('scenario');
    runs.end({ returnvalue: ANSWER });
    await later();
    expect(await answer).toMatchObject({ kind: 'result', result: { seed: 1 } });
    expect(runs.added).toBe(1);
  });

  it('never answered the first of two that asked for one run, not even when it was stopped', async () => {
    const both = Promise.all([fleet.run(cell, 1), fleet.run(cell, 1)]);
    await later();
    expect(runs.added).toBe(1);
    runs.end({ returnvalue: ANSWER });
    await later();
    expect((await both).map(({ kind }) => kind)).toEqual(['result', 'result']);
    const again = Promise.all([fleet.run(cell, 2), fleet.run(cell, 2)]);
    await later();
    fleet.stop();
    expect(await again).toMatchObject([{ ending: 'interrupted' }, { ending: 'interrupted' }]);
  });

  it('was waited for without end when its server had forgotten a job', async () => {
    const answer = fleet.run(cell, 1);
    await later();
    // By a sweep of the same runs that has ended, or a server that keeps nothing.
    runs.jobs.clear();
    await later();
    expect(runs.added).toBe(2);
    runs.end({ returnvalue: ANSWER });
    await later();
    expect((await answer).kind).toBe('result');
  });

  it('gave the refusal of an earlier life to a sweep that goes on', async () => {
    const first = fleet.run(cell, 1);
    await later();
    runs.end({ failedReason: 'hello.yaml is not there' });
    await later();
    expect(await first).toMatchObject({ kind: 'refused', message: /not there/ });
    const second = fleet.run(cell, 1);
    await later();
    runs.end({ returnvalue: ANSWER });
    await later();
    expect((await second).kind).toBe('result');
  });

  it('gave results of a stopped sweep to one that was to begin anew', async () => {
    const first = fleet.run(cell, 1);
    await later();
    runs.end({ returnvalue: ANSWER });
    await later();
    await first;
    // One that goes on takes them.
    expect((await fleet.run(cell, 1)).kind).toBe('result');
    expect(runs.added).toBe(1);
    const fresh = await open(true);
    const second = fresh.run(cell, 1);
    await later();
    expect(runs.added).toBe(2);
    runs.end({ returnvalue: ANSWER });
    await later();
    expect((await second).kind).toBe('result');
    fresh.close();
  });

  it.each<[string, unknown]>([
    [
      'that it was interrupted',
      { kind: 'failed', failure: { kind: 'ended', ending: 'interrupted', seed: 1, message: '' } },
    ],
    ['of a kind that there is not', { kind: 'failed', failure: { kind: 'zzz' } }],
    ['of another seed', { ...ANSWER, result: packResult({ ...result, seed: 2 }) }],
    ['with another fingerprint than its result', { ...ANSWER, fingerprint: 'ffff' }],
    ['cut short', { ...ANSWER, result: packResult({ ...result, ending: 'interrupted' }) }],
    ['of nothing', undefined],
  ])('refuses an answer %s', async (_, returnvalue) => {
    const answer = fleet.run(cell, 1);
    await later();
    runs.end({ returnvalue });
    await later();
    const refused: SeedAnswer = {
      ...{ kind: 'refused', message: 'the fleet has no result of seed 1: its result is damaged' },
    };
    expect(await answer).toEqual(refused);
  });

  it('read a line of any file that the answer of a worker names, for a log', async () => {
    const failureIn = (file: string): object => ({
      kind: 'failed',
      failure: { kind: 'scenario-error', file, line: 1, column: 1, message: 'no such link' },
    });
    const answer = fleet.run(cell, 1);
    await later();
    runs.end({ returnvalue: failureIn('/proc/self/environ') });
    await later();
    const message = '/proc/self/environ:1:1  no such link';
    expect(await answer).toEqual({ kind: 'refused', message });
    const own = fleet.run(cell, 2);
    await later();
    runs.end({ returnvalue: failureIn(scenario.file) });
    await later();
    expect(await own).toMatchObject({ kind: 'scenario-error', file: scenario.file });
  });

  it('refuses to ask for what no worker takes', async () => {
    const overrides = { question: 'q'.repeat(5_000) };
    const answer = await fleet.run({ ...cell, scenario: { ...scenario, overrides } }, 1);
    expect(answer).toMatchObject({ message: expect.stringContaining('values of 4096 characters') });
    expect(runs.added).toBe(0);
  });

  it('took a result with another fingerprint than somebody had written down', async () => {
    const answer = fleet.run(cell, 1);
    await later();
    runs.logs = ['ffff'];
    runs.end({ returnvalue: ANSWER });
    await later();
    await answer;
    const fingerprints = ['ffff', result.fingerprint];
    expect(fleet.takeConflicts()).toMatchObject([{ fingerprints }]);
    expect(fleet.takeConflicts()).toEqual([]);
  });
});
