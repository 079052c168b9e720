import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LabRunner } from '../../lab/run/lab-runner.ts';
import type { LabProgress, LabTask } from '../../lab/run/lab-task.ts';
import type { LabAnswer, LabOrder, LabReply, LabSearchOrder } from '../../lab/run/messages.ts';

const TASK: LabTask = {
  ...{ files: new Map(), scenario: 'hello.yaml', seeds: null, set: [], traced: false },
};

/** What a worker does with an order. */
type Act = (order: LabOrder, worker: FakeWorker) => void;

/** A worker without a program. */
class FakeWorker {
  onmessage: ((event: { readonly data: LabAnswer }) => void) | null = null;
  onerror: ((event: { readonly message?: string; preventDefault(): void }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  isTerminated = false;
  readonly #act: Act;

  constructor(act: Act) {
    this.#act = act;
  }

  postMessage(order: LabOrder): void {
    queueMicrotask(() => this.#act(order, this));
  }

  answer(data: LabAnswer): void {
    this.onmessage?.({ data });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

const plan = (seeds: number): LabAnswer => ({
  kind: 'planned',
  runs: Array.from({ length: seeds }, (_, at) => ({ seed: at + 1, isTwin: false, overrides: {} })),
});

/** A runner whose workers plan some seeds and do as told with each, and these workers. */
function runnerOf(
  seeds: number,
  act: Act,
  cores = 2,
): { readonly runner: LabRunner; readonly workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const start = (): Worker => {
    const worker = new FakeWorker((order, self) => {
      if (order.kind === 'plan') self.answer(plan(seeds));
      else act(order, self);
    });
    workers.push(worker);
    return worker as unknown as Worker;
  };
  return { runner: new LabRunner(start, cores), workers };
}

const silent = (): void => undefined;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('refuses a seed whose worker has said nothing for 60 s, and ends all workers of the run', async () => {
  const told: LabProgress[] = [];
  const { runner, workers } = runnerOf(3, (order, worker) => {
    const seed = order.kind === 'run' ? order.planned.seed : 0;
    worker.answer({ kind: 'progress', progress: { seed, virtualMs: 1, ofMs: 2 } });
  });
  const run = runner.run(TASK, (one) => told.push(one));
  await vi.advanceTimersByTimeAsync(61_000);
  expect(await run.outcome).toMatchObject({ kind: 'refused', text: /no progress for 60 s/ });
  expect(told.map(({ seed }) => seed)).toEqual([1, 2]);
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
});

it('waits as long as a worker reports progress', async () => {
  const { runner } = runnerOf(1, (order, worker) => {
    if (order.kind !== 'run') return;
    const progress = { seed: 1, virtualMs: 1, ofMs: 2 };
    for (let at = 1; at < 4; at += 1) {
      setTimeout(() => worker.answer({ kind: 'progress', progress }), at * 50_000);
    }
    setTimeout(() => worker.answer({ kind: 'refused', text: 'in the end' }), 199_000);
  });
  const { outcome } = runner.run(TASK, silent);
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await outcome).toEqual({ kind: 'refused', text: 'in the end' });
});

it('refuses a run whose worker crashes, and starts a new one for the next run', async () => {
  const { runner, workers } = runnerOf(1, (_order, worker) =>
    worker.onerror?.({ message: 'out of memory', preventDefault: silent }),
  );
  const crashed = { kind: 'refused', text: 'seed 1 crashed: out of memory' };
  expect(await runner.run(TASK, silent).outcome).toEqual(crashed);
  expect(await runner.run(TASK, silent).outcome).toEqual(crashed);
  expect(workers.length).toBe(2);
});

it('refuses a run where no worker can be started', async () => {
  const runner = new LabRunner(() => {
    throw new Error('forbidden');
  }, 2);
  const { outcome } = runner.run(TASK, silent);
  expect(await outcome).toMatchObject({ kind: 'refused', text: /forbidden/ });
});

it('starts one worker before the first task, which that task takes', async () => {
  const { runner, workers } = runnerOf(1, (_order, worker) =>
    worker.answer({ kind: 'refused', text: 'in the end' }),
  );
  runner.warm();
  runner.warm();
  expect(workers.length).toBe(1);
  await runner.run(TASK, silent).outcome;
  expect(workers.length).toBe(1);
});

it('has at most one worker for each core, and keeps them for the next run', async () => {
  let busy = 0;
  let most = 0;
  const { runner, workers } = runnerOf(5, (order, worker) => {
    if (order.kind === 'judge')
      worker.answer({ kind: 'refused', text: `${order.done.length} done` });
    if (order.kind !== 'run') return;
    busy += 1;
    most = Math.max(most, busy);
    setTimeout(() => {
      busy -= 1;
      const done = { planned: order.planned, result: {} as never, trace: null };
      worker.answer({ kind: 'ran', done });
    }, 10);
  });
  for (let run = 0; run < 2; run += 1) {
    const { outcome } = runner.run(TASK, silent);
    await vi.advanceTimersByTimeAsync(100);
    expect(await outcome).toEqual({ kind: 'refused', text: '5 done' });
  }
  expect(most).toBe(2);
  expect(workers.length).toBe(2);
});

it('stops at once, also before the first answer', async () => {
  const { runner, workers } = runnerOf(1, silent);
  const run = runner.run(TASK, silent);
  run.stop();
  expect(await run.outcome).toEqual({ kind: 'stopped' });
  expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
});

/** A runner whose first worker leads a search that asks for some runs, and what the replies were. */
function searchOf(
  asks: number,
  act: Act,
): {
  readonly search: ReturnType<LabRunner['search']>;
  readonly workers: FakeWorker[];
  readonly replies: LabAnswer[];
} {
  const replies: LabAnswer[] = [];
  const { runner, workers } = runnerOf(0, (order, worker) => {
    const said = order as LabOrder | LabReply | LabSearchOrder;
    if (said.kind === 'reply') {
      replies.push(said.answer);
      if (replies.length === asks) worker.answer({ kind: 'refused', text: 'led to the end' });
      return;
    }
    if (said.kind !== 'search') return act(said, worker);
    for (let id = 0; id < asks; id += 1) {
      const job = { kind: 'file', path: 'a.yaml', set: {}, always: false } as const;
      worker.answer({ kind: 'ask', id, order: { kind: 'try', task: TASK, job } });
    }
  });
  const search = runner.search(TASK, { kind: 'hunt', seed: 1, attempts: 8 }, silent);
  return { search, workers, replies };
}

it('lends a search as many workers as there are cores, and waits as long as these work', async () => {
  const { search, workers, replies } = searchOf(5, (_order, worker) => {
    setTimeout(() => worker.answer({ kind: 'tried', outcome: undefined }), 50_000);
  });
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await search.outcome).toEqual({ kind: 'refused', text: 'led to the end' });
  expect([workers.length, replies.length]).toEqual([3, 5]);
});

it('tells a search of a run that does not end', async () => {
  const { search, replies } = searchOf(1, silent);
  await vi.advanceTimersByTimeAsync(301_000);
  await search.outcome;
  expect(replies).toEqual([{ kind: 'lost', how: 'held', text: expect.any(String) }]);
});

it('ends a search that asks for more at once than any does, and one that is stopped', async () => {
  expect(await searchOf(65, silent).search.outcome).toMatchObject({
    text: 'the hunt asked for too much at once',
  });
  const { search, workers } = searchOf(2, silent);
  await vi.advanceTimersByTimeAsync(10);
  search.stop();
  expect(await search.outcome).toEqual({ kind: 'stopped' });
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true, true]);
});

it('has one check at a time: the next one ends it, as does who no longer needs it', async () => {
  const workers: FakeWorker[] = [];
  const runner = new LabRunner(() => {
    workers.push(new FakeWorker(silent));
    return workers.at(-1) as unknown as Worker;
  }, 2);
  const checks = Array.from({ length: 50 }, () => runner.check(TASK));
  const running = (): number => workers.filter(({ isTerminated }) => !isTerminated).length;
  expect([workers.length, running()]).toEqual([50, 1]);
  runner.endCheck();
  expect(running()).toBe(0);
  expect(await Promise.all(checks)).toEqual(checks.map(() => []));
});

it('keeps no more idle workers than there are cores', async () => {
  const { runner, workers } = runnerOf(1, (_order, worker) =>
    worker.answer({ kind: 'refused', text: 'done' }),
  );
  await Promise.all([1, 2, 3].map(() => runner.run(TASK, silent).outcome));
  expect(workers.length).toBeGreaterThan(2);
  expect(workers.filter(({ isTerminated }) => !isTerminated)).toHaveLength(2);
});

const CODE = new TextEncoder().encode('code');
const PLANNED = { seed: 1, isTwin: false, overrides: {} };
const WITH_CODE: LabTask = { ...TASK, files: new Map([['a.ts', CODE]]) };

it('ends workers that have run code of users with their run, as with a check', async () => {
  const { runner, workers } = runnerOf(2, (_order, worker) =>
    worker.answer({ kind: 'refused', text: 'done' }),
  );
  await runner.run(WITH_CODE, silent).outcome;
  await runner.check(WITH_CODE);
  await vi.advanceTimersByTimeAsync(1);
  expect(workers.map(({ isTerminated }) => isTerminated)).not.toContain(false);
});

it('gives those who make runs of a search the files of the page, whatever its worker asks for', async () => {
  const made: LabOrder[] = [];
  const { runner } = runnerOf(0, (order, worker) => {
    const said = order as LabOrder | LabReply | LabSearchOrder;
    if (said.kind === 'reply') worker.answer({ kind: 'refused', text: 'done' });
    else if (said.kind !== 'search') {
      made.push(said);
      worker.answer({ kind: 'tried', outcome: undefined });
    } else {
      const other = new TextEncoder().encode('other');
      const files = new Map([
        ['a.ts', other],
        ['a.ts/', other],
        ['minimal.yaml', other],
      ]);
      const job = { kind: 'file', path: 'minimal.yaml', set: {}, always: false } as const;
      worker.answer({ kind: 'ask', id: 1, order: { kind: 'try', task: { ...TASK, files }, job } });
    }
  });
  await runner.search(WITH_CODE, { kind: 'hunt', seed: 1, attempts: 8 }, silent).outcome;
  const [{ task } = { task: TASK }] = made;
  expect([...task.files.keys()]).toEqual(['a.ts', 'minimal.yaml']);
  expect(task.files.get('a.ts')).toBe(CODE);
});

it.each([
  ['progress of another seed', { kind: 'progress', progress: { seed: 2, virtualMs: 1, ofMs: 2 } }],
  ['a step', { kind: 'step', step: { done: 1, of: 2 } }],
  ['that it is lost', { kind: 'lost', how: 'held', text: {} }],
  ['a reply', { kind: 'reply', id: 1, answer: { kind: 'refused', text: 'no' } }],
  ['a trace that is none', { kind: 'ran', done: { planned: PLANNED, trace: 'trace' } }],
  [
    'a run of another seed',
    { kind: 'ran', done: { planned: { ...PLANNED, seed: 2 }, trace: null } },
  ],
  ['what a search finds', { kind: 'found', found: { kind: 'shrunk', text: null, left: '' } }],
  ['nothing', undefined],
])('refuses a worker that says %s', async (_what, said) => {
  const { runner } = runnerOf(1, (_order, worker) => worker.answer(said as never));
  const { outcome } = runner.run(TASK, silent);
  expect(await outcome).toMatchObject({ text: 'seed 1 gave an unreadable answer' });
});

it('ends a worker that says so much that the page could draw nothing else', async () => {
  let told = 0;
  const { runner, workers } = runnerOf(1, (_order, worker) => {
    const progress = { seed: 1, virtualMs: 1, ofMs: 2 };
    for (let at = 0; at < 20_000; at += 1) worker.answer({ kind: 'progress', progress });
  });
  const { outcome } = runner.run(TASK, () => {
    told += 1;
  });
  expect(await outcome).toMatchObject({ kind: 'refused' });
  expect(told).toBe(1_000);
  expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
});

it.each([
  ['a run in place of a sweep', { kind: 'done', seeds: [] }],
  ['a shrunk file in place of a sweep', { kind: 'shrunk', text: null, left: '' }],
  ['rows that are none', { kind: 'swept', path: 'a', places: [], sweep: { rows: [null] } }],
])('refuses a search that finds %s', async (_what, found) => {
  const { runner } = runnerOf(0, (_order, worker) =>
    worker.answer({ kind: 'found', found } as never),
  );
  const search = { kind: 'sweep', path: 'a', values: '1' } as const;
  expect(await runner.search(TASK, search, silent).outcome).toMatchObject({
    text: 'the sweep gave an unreadable answer',
  });
});
