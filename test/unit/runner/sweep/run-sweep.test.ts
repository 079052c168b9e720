/** The order of a sweep, whoever ends first; what was run before; what breaks; seeds that are added. */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import type { SeedResult } from '../../../../reports/model.ts';
import type { SeedAnswer } from '../../../../runner/run/job.ts';
import { makeJudgeInput } from '../../../../runner/run/run-order.ts';
import { KeptRuns, makeRunIdentity } from '../../../../runner/sweep/kept-runs.ts';
import { packResult } from '../../../../runner/sweep/packed-result.ts';
import type { ResultsFileRun } from '../../../../runner/sweep/results-file.ts';
import {
  type CombinationEnd,
  type RunExecutor,
  runSweep,
  type SweepCombination,
  type SweepRequest,
} from '../../../../runner/sweep/run-sweep.ts';
import { load, run } from '../fixture.ts';

const COMMIT = '1a2b3c4';
const scenario = load('hello.yaml', {
  duration: '1500ms',
  kpis: '{ ping.delivery: { ratio: ">= 50%" } }',
});
const base = run(scenario);

const resultOf = (seed: number, delivered = 10): SeedResult => ({
  ...base,
  seed,
  fingerprint: `f${seed}`,
  metrics: { 'ping.delivery': { kind: 'ratio', numerator: delivered, denominator: 10 } },
});
const cellOf = (index: number): SweepCombination => {
  const parameters = { x: String(index) };
  const definitions = [
    { name: 'ping.delivery', kind: 'ratio', unit: 'ratio', help: '', of: ['a', 'b'] },
  ] as const;
  const overrides = { ...scenario.overrides, ...parameters };
  return {
    ...{ index, parameters, isKept: false, definitions, forgeries: {} },
    scenario: { ...scenario, overrides },
  };
};

interface Run {
  readonly ends: readonly (readonly [number, CombinationEnd])[];
  readonly lines: readonly ResultsFileRun[];
  readonly count: Awaited<ReturnType<typeof runSweep>>;
  readonly asked: readonly string[];
  /** Most runs at once. */
  readonly most: number;
}

/** Runs `cells` combinations whose answers come after times that jump about. */
async function sweepOf(
  cells: number,
  answer: (cell: number, seed: number) => SeedAnswer,
  change: Partial<SweepRequest> & {
    readonly room?: number;
    readonly isForeign?: boolean;
    readonly known?: ReadonlyMap<string, ResultsFileRun>;
  } = {},
): Promise<Run> {
  const ends: [number, CombinationEnd][] = [];
  const lines: ResultsFileRun[] = [];
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const executor: RunExecutor = {
    room: change.room ?? 4,
    isForeign: change.isForeign ?? false,
    run: async ({ index }, seed) => {
      asked.push(`${index}/${seed}`);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, (index * 7 + seed * 5) % 11));
      now -= 1;
      return answer(index, seed);
    },
  };
  const order: SweepRequest = {
    cells: Array.from({ length: cells }, (_, index) => ({ index, parameters: {} })),
    open: ({ index }) => Promise.resolve(cellOf(index)),
    seeds: [1, 2, 3],
    executor,
    store: new KeptRuns({
      ...{ commit: COMMIT, known: change.known ?? new Map() },
      onRun: (line) => lines.push(line),
    }),
    judge: (cell, results) =>
      judgeRun(makeJudgeInput({ ...cell, commit: COMMIT, reproduce: '' }, results, 0)),
    signal: new AbortController().signal,
    onCell: ({ index }, end) => ends.push([index, end]),
    ...change,
  };
  const count = await runSweep(order);
  return { ends: ends.sort(([a], [b]) => a - b), lines, count, asked, most };
}

const fingerprintsOf = ({ ends }: Run): unknown =>
  ends.map(([, end]) => end.kind === 'judged' && [end.report.fingerprint, end.report.seeds]);

describe('a sweep', () => {
  it('has the same results whatever runs at once, and never more than there is room for', async () => {
    const runs: Run[] = [];
    for (const room of [1, 3, 100]) {
      runs.push(
        await sweepOf(5, (_, seed) => ({ kind: 'result', result: resultOf(seed) }), { room }),
      );
    }
    expect(runs.map(({ most }) => most)).toEqual([1, 3, 15]);
    expect(fingerprintsOf(runs[1]!)).toEqual(fingerprintsOf(runs[0]!));
    expect(fingerprintsOf(runs[2]!)).toEqual(fingerprintsOf(runs[0]!));
    for (const { lines, count } of runs) {
      expect(new Set(lines.map(({ id }) => id)).size).toBe(15);
      expect(count).toEqual({ runsDone: 15, runs: 15, known: 0 });
    }
  });

  it('runs nothing that it knows', async () => {
    const known = new Map(
      [1, 3].map((seed) => {
        const id = makeRunIdentity(cellOf(1), seed, COMMIT);
        const result = packResult(resultOf(seed));
        const line = { id, parameters: {}, seed, fingerprint: `f${seed}`, values: {}, result };
        return [id, line] as const;
      }),
    );
    const done = await sweepOf(2, (_, seed) => ({ kind: 'result', result: resultOf(seed) }), {
      known,
    });
    expect([...done.asked].sort()).toEqual(['0/1', '0/2', '0/3', '1/2']);
    expect(done.count).toEqual({ runsDone: 6, runs: 6, known: 2 });
    const whole = await sweepOf(2, (_, seed) => ({ kind: 'result', result: resultOf(seed) }));
    expect(fingerprintsOf(done)).toEqual(fingerprintsOf(whole));
  });

  it('runs again what a damaged line claims to know', async () => {
    const id = makeRunIdentity(cellOf(0), 1, COMMIT);
    const odd = { ...resultOf(1), metrics: { 'ping.delivery': null }, perSeed: 1 };
    const odder = { ...resultOf(1), packets: { drops: 7 }, faults: {} };
    const strange = [odd, odder].map((one) => packResult(one as unknown as SeedResult));
    for (const result of ['AAAA', packResult({ ...resultOf(1), fingerprint: 'f2' }), ...strange]) {
      const line = { id, parameters: {}, seed: 1, fingerprint: 'f1', values: {}, result };
      const { asked } = await sweepOf(
        1,
        (_, seed) => ({ kind: 'result', result: resultOf(seed) }),
        { known: new Map([[id, line]]) },
      );
      expect(asked).toContain('0/1');
    }
  });

  it.each<[string, number, SeedResult, string]>([
    ['names seed 1', 1, resultOf(1), 'which is seed 2, holds seed 1'],
    ['packs seed 1', 2, { ...resultOf(1), fingerprint: 'f2' }, 'which is seed 2, holds seed 1'],
    ['was cut short', 2, { ...resultOf(2), ending: 'interrupted' }, 'a run that had not ended'],
  ])('does not count a line of seed 2 that %s', async (_what, seed, claimed, text) => {
    const id = makeRunIdentity(cellOf(0), 2, COMMIT);
    const { fingerprint } = claimed;
    const line = { id, parameters: {}, seed, fingerprint, values: {}, result: packResult(claimed) };
    const swept = sweepOf(1, (_, one) => ({ kind: 'result', result: resultOf(one) }), {
      known: new Map([[id, line]]),
    });
    await expect(swept).rejects.toThrow(text);
  });

  it('ends when added seeds are claimed by lines of another one', async () => {
    const packed = packResult(resultOf(3, 7));
    const known = new Map(
      [4, 5, 6, 7, 8].map((seed) => {
        const id = makeRunIdentity(cellOf(0), seed, COMMIT);
        const facts = { parameters: {}, seed: 3, fingerprint: 'f3', values: {}, result: packed };
        return [id, { id, ...facts }] as const;
      }),
    );
    const undecided = (_cell: number, seed: number): SeedAnswer => {
      return { kind: 'result', result: resultOf(seed, seed % 2 === 0 ? 7 : 4) };
    };
    await expect(sweepOf(1, undecided, { adaptive: 8, known })).rejects.toThrow('holds seed 3');
  });

  it('told progress of a run before its combination, and not again: 2/2 runs, 1/2 cells', async () => {
    const told: string[] = [];
    let ended = 0;
    await sweepOf(2, (_, seed) => ({ kind: 'result', result: resultOf(seed) }), {
      seeds: [1],
      onCell: () => {
        ended += 1;
      },
      onProgress: ({ runsDone }) => told.push(`${runsDone} ${ended}`),
    });
    expect(told).toEqual(['1 0', '1 1', '2 1', '2 2']);
  });

  it('goes on when a combination breaks', async () => {
    const broken: SeedAnswer = { kind: 'broken', message: 'bug', stack: '' };
    const { ends, lines } = await sweepOf(3, (cell, seed) =>
      cell === 1 && seed === 2 ? broken : { kind: 'result', result: resultOf(seed) },
    );
    expect(ends.map(([, { kind }]) => kind)).toEqual(['judged', 'failed', 'judged']);
    expect(lines.length).toBeGreaterThanOrEqual(6);
    expect(lines.map(({ seed, parameters }) => `${parameters['x']}/${seed}`)).not.toContain('1/2');
  });

  it('told of whichever seed failed first, which depended on the number of threads', async () => {
    for (const room of [1, 2, 4]) {
      const { ends } = await sweepOf(
        1,
        (_, seed) => {
          if (seed === 1) return { kind: 'result', result: resultOf(seed) };
          // Seed 3 answers before seed 2.
          return { kind: 'broken', message: `seed ${seed}`, stack: '' };
        },
        { room },
      );
      expect(ends).toMatchObject([[0, { kind: 'failed', failure: { message: 'seed 2' } }]]);
    }
  });

  it('threw at a result from elsewhere that is none', async () => {
    const odd = { ...resultOf(2), metrics: {}, packets: {} } as unknown as SeedResult;
    const { ends, lines } = await sweepOf(
      2,
      (cell, seed) => ({ kind: 'result', result: cell === 0 && seed === 2 ? odd : resultOf(seed) }),
      { isForeign: true },
    );
    const failure = { kind: 'refused', message: 'the result of seed 2 cannot be judged' };
    expect(ends).toMatchObject([
      [0, { kind: 'failed', failure }],
      [1, { kind: 'judged' }],
    ]);
    expect(lines.map(({ parameters, seed }) => `${parameters['x']}/${seed}`)).not.toContain('0/2');
  });

  it('keeps what has ended when it is stopped, and nothing that was cut short', async () => {
    const stop = new AbortController();
    const { ends, lines, asked } = await sweepOf(
      10,
      (cell, seed) => {
        if (cell === 2) stop.abort();
        const ending = stop.signal.aborted ? 'interrupted' : 'complete';
        return { kind: 'result', result: { ...resultOf(seed), ending } };
      },
      { signal: stop.signal, room: 2 },
    );
    expect(asked.length).toBeLessThan(12);
    expect(ends.filter(([, { kind }]) => kind === 'judged').length).toBeLessThan(3);
    // Those of the third combination were cut short, and so were some beside them.
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(lines.map(({ parameters }) => parameters['x'])).not.toContain('2');
    expect(ends.filter(([, { kind }]) => kind === 'failed')).toEqual([]);
  });

  it('names the combination that the time limit ended', async () => {
    const { ends } = await sweepOf(1, (_, seed) => ({
      kind: 'result',
      result: { ...resultOf(seed), ending: seed === 2 ? 'time-limit' : 'complete' },
    }));
    expect(ends).toMatchObject([[0, { kind: 'failed', failure: { ending: 'time-limit' } }]]);
  });

  it('adds seeds where the interval reaches over the limit, and only there', async () => {
    // Around half: 50 % with a spread that three seeds cannot tell from the limit.
    const undecided = (cell: number, seed: number): SeedAnswer => {
      const delivered = cell === 0 ? 10 : seed % 2 === 0 ? 7 : 4;
      return { kind: 'result', result: resultOf(seed, delivered) };
    };
    const { ends, count } = await sweepOf(2, undecided, { adaptive: 20 });
    const seeds = ends.map(([, end]) => (end.kind === 'judged' ? end.report.seeds.length : 0));
    expect(seeds).toEqual([3, 20]);
    expect(count).toEqual({ runsDone: 23, runs: 23, known: 0 });
    const fixed = await sweepOf(2, undecided);
    expect(fixed.count.runs).toBe(6);
  });
});
