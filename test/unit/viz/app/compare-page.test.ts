/**
 * The comparison of two runs: texts, inputs, pairs of seeds, and the first event that differs.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../../reports/compare.ts';
import { judgeRun } from '../../../../reports/judge.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type {
  QueryAnswer,
  QueryName,
  QueryParameters,
} from '../../../../viz/app/data/trace-answers.ts';
import { QUERY_HANDLERS, readTraceInfo } from '../../../../viz/app/data/trace-queries.ts';
import {
  differenceRows,
  seedValuePairs,
} from '../../../../viz/app/pages/compare/differences-view.ts';
import {
  type Divergence,
  differingBin,
  firstDivergence,
  type Recording,
  wholeRunInterval,
} from '../../../../viz/app/pages/compare/divergence.ts';
import {
  comparedFacts,
  diffCommand,
  fingerprintText,
} from '../../../../viz/app/pages/compare/facts.ts';
import {
  differenceTitle,
  headline,
  missingKpisText,
  pairingSentence,
  seedText,
} from '../../../../viz/app/pages/compare/words.ts';
import { runInput } from '../../reports/fixture.ts';
import { good, opened, TraceLab } from '../format/trace-lab.ts';

const A = judgeRun(runInput({ seeds: 3, slowdown: 1 }));
const SLOWER = judgeRun(runInput({ seeds: 3, slowdown: 3 }));
const MORE = judgeRun(runInput({ seeds: 5, slowdown: 1 }));
const MS = 1_000_000;

/** The first difference between two complete recordings. */
function divergence(a: Recording, b: Recording): Promise<Divergence> {
  return firstDivergence(a, b, wholeRunInterval(a, b));
}

describe('the comparison in words', () => {
  it('says that a run with slower failovers is worse, paired by its seeds', () => {
    const comparison = compareReports(A, SLOWER);
    expect(headline(comparison)).toMatch(/^B is worse than A in [1-6] of 6 KPIs/);
    expect(pairingSentence(comparison, A, SLOWER)).toContain('3 seeds, paired');
    const failover = comparison.kpis.find(({ metric }) => metric === 'gateway.failover');
    expect(differenceTitle(failover as NonNullable<typeof failover>)).toMatch(
      /B minus A is \+.* over 3 pairs; hardly chance/,
    );
  });

  it('refuses to pair different seeds and different topologies, and says why', () => {
    const seeds = compareReports(A, MORE);
    expect(seeds.isPaired).toBe(false);
    expect(pairingSentence(seeds, A, MORE)).toMatch(
      /^Not paired: the seeds differ \(1-3 and 1-5\)/,
    );
    const other: Report = { ...A, scenario: { ...A.scenario, topologySha256: 'other' } };
    const topologies = compareReports(A, other);
    expect(pairingSentence(topologies, A, other)).toMatch(/^Not paired: the topologies differ\./);
    expect(seedText([4, 9])).toBe('4, 9');
  });

  it('names the KPIs that only one of them has', () => {
    const fewer: Report = { ...A, kpis: A.kpis.slice(1) };
    expect(missingKpisText(A, fewer)).toContain('gateway.failover p95');
    expect(missingKpisText(fewer, A)).toBeUndefined();
  });
});

describe('the inputs', () => {
  it('stand side by side, what differs first, with the command that shows the lines', () => {
    const changed: Report = {
      ...A,
      overrides: { loss: '1%' },
      environment: { ...A.environment, commit: 'abc1234+' },
      scenario: { ...A.scenario, sha256: 'different' },
    };
    const different = comparedFacts(A, changed).filter(({ isSame }) => !isSame);
    expect(different.map(({ name }) => name)).toEqual(['scenario', 'commit', 'set loss']);
    expect(different[2]).toMatchObject({ a: 'not set', b: '1%' });
    const command = `git diff ${A.environment.commit} abc1234 -- ${A.scenario.file}`;
    expect(diffCommand(A, changed)).toBe(command);
    expect(diffCommand(A, A)).toBeUndefined();
    expect(fingerprintText(A, A)).toContain('the same events in both');
  });
});

describe('the seeds', () => {
  it('are paired by their number, and one that measured nothing has no pair', () => {
    const [kpi] = A.kpis;
    if (kpi === undefined) throw new Error('the fixture has KPIs');
    const perSeed = kpi.perSeed.map((one, at) => (at === 0 ? { ...one, value: null } : one));
    const b = { ...kpi, perSeed: [...perSeed].reverse() };
    expect(seedValuePairs({ a: kpi, b }).map(({ seed, a, b: after }) => [seed, after - a])).toEqual(
      [
        [3, 0],
        [2, 0],
      ],
    );
    const [change] = compareReports(A, A).kpis;
    const rows = differenceRows({ a: kpi, b, change: change as NonNullable<typeof change> });
    expect(rows.map((row) => row.at(-1))).toEqual([null, 0, 0]);
  });
});

/** 2 s with a packet every 10 ms; the packet at `oddMs` is larger. */
async function recording(oddMs: number, state = 'up'): Promise<Recording> {
  const lab = new TraceLab(3, 'full');
  for (let ms = 0; ms < 2_000; ms += 10) {
    if (ms === 1_500) lab.recorder.state(lab.clock.now, 1, 'bfd', state);
    const packet = lab.send(1, ms === oddMs ? 200 : 100);
    lab.advance(5 * MS);
    lab.arrive(packet);
    lab.advance(5 * MS);
  }
  const trace = await opened(lab.finish());
  const info = good(await readTraceInfo(trace, 1)) as Recording['info'];
  const ask = async <Q extends QueryName>(
    question: Q,
    asked: QueryParameters<Q>,
  ): Promise<QueryAnswer<Q>> =>
    good(await QUERY_HANDLERS[question](trace, asked)) as QueryAnswer<Q>;
  return { info, ask };
}

describe('the first event that differs', () => {
  it('is the departure of the first packet that is not the same', async () => {
    const found = await divergence(await recording(-1), await recording(730));
    expect(found).toMatchObject({
      kind: 'line',
      a: { timeNs: 730 * MS, text: expect.stringContaining('100 B') as string },
      b: { timeNs: 730 * MS, text: expect.stringContaining('200 B') as string },
    });
  });

  it('may be a state, where all packets are the same', async () => {
    const found = await divergence(await recording(-1), await recording(-1, 'down'));
    expect(found).toMatchObject({
      kind: 'line',
      b: { timeNs: 1_500 * MS, text: 'bfd becomes down' },
    });
  });

  it('is looked for in the stretch in which the checkpoints part, and nowhere else', async () => {
    const [a, b] = [await recording(300), await recording(730)];
    const asked: unknown[] = [];
    const watched: Recording = {
      info: a.info,
      ask: (question, about) => {
        asked.push(about);
        return a.ask(question, about);
      },
    };
    const stretch = { fromNs: 700 * MS, toNs: 760 * MS };
    const found = await firstDivergence(watched, b, stretch);
    expect(found).toMatchObject({ kind: 'line', a: { timeNs: 730 * MS } });
    for (const about of asked as { fromNs: number; toNs: number }[]) {
      expect(about.fromNs).toBeGreaterThanOrEqual(stretch.fromNs);
      expect(about.toNs).toBeLessThanOrEqual(stretch.toNs);
    }
    const before = await firstDivergence(a, b, { fromNs: 0, toNs: 280 * MS });
    expect(before).toEqual({ kind: 'none' });
  });

  it('is none in two recordings of the same', async () => {
    expect(await divergence(await recording(730), await recording(730))).toEqual({
      kind: 'none',
    });
  });

  it('is a bin that only one has, where the other has none at that time', () => {
    const bin = { widthNs: 1, count: 1, bytes: 1, drops: 0, minNs: 1, maxNs: 1, sumNs: 1 };
    const list = [1, 2, 3].map((startNs) => ({ ...bin, startNs }));
    expect(differingBin(list, list)).toBeUndefined();
    expect(differingBin([list[0], list[2]] as typeof list, list)).toEqual({
      a: undefined,
      b: list[1],
    });
  });
});
