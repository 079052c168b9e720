/**
 * Which cards the gallery shows, what its exports contain, and which plug-ins are found. @module
 */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import { formatCsv } from '../../../../viz/app/chart/csv.ts';
import { drawViewSafely, sortPlugIns } from '../../../../viz/app/data/plug-ins.ts';
import { readReportFile } from '../../../../viz/app/data/report-file.ts';
import { chosenCards, readCardSearch } from '../../../../viz/app/pages/gallery/choose.ts';
import {
  readSelectedRunIds,
  withRunIdToggled,
  writeSelectedRunIds,
} from '../../../../viz/app/pages/gallery/compare-two.ts';
import { type GalleryCard, makeRunCard, type RunCard } from '../../../../viz/format/run-card.ts';
import { runInput } from '../../reports/fixture.ts';
import { DOUBLE_INPUT, viz as double } from '../double-viz.ts';

const run = (id: string, facts: Partial<RunCard>): RunCard => ({
  ...{ kind: 'run', id, name: id, question: '', verdict: 'PASS', ending: 'complete', mode: 'sim' },
  ...{
    seeds: 1,
    fingerprint: '',
    commit: '',
    durationNs: 1,
    injected: 0,
    changes: [],
    kpis: [],
    traceBytes: 0,
    files: [],
  },
  ...facts,
});
const CARDS: readonly GalleryCard[] = [
  run('old/1', { writtenMs: 1, verdict: 'FAIL' }),
  run('new/2', { writtenMs: 2, mode: 'live' }),
  run('demo', {}),
  { kind: 'broken', id: 'bad/1', reason: 'no', writtenMs: 3 },
];
const idsOf = (parameters: Readonly<Record<string, string>>): readonly string[] =>
  chosenCards(CARDS, readCardSearch(parameters)).map(({ id }) => id);

describe('the gallery', () => {
  it('shows everything, the demo first, then newest first', () => {
    expect(idsOf({})).toEqual(['demo', 'bad/1', 'new/2', 'old/1']);
  });

  it('filters by words and by verdict, and sorts as asked', () => {
    expect(idsOf({ filter: 'NEW' })).toEqual(['new/2']);
    expect(idsOf({ show: 'failed', sort: 'name' })).toEqual(['bad/1', 'old/1']);
    expect(idsOf({ show: 'live' })).toEqual(['new/2']);
    expect(idsOf({ show: 'nonsense', sort: 'verdict' })).toEqual([
      'bad/1',
      'old/1',
      'demo',
      'new/2',
    ]);
  });
});

describe('a run that somebody acted on', () => {
  it('is told on its card by how many faults were injected', () => {
    const facts = { id: 'r/1', traceBytes: 0, files: [] };
    const input = runInput({ seeds: 1, slowdown: 1 });
    const interactive = { faults: 2, file: 'interactive.yaml' };
    expect(makeRunCard(judgeRun(input), facts).injected).toBe(0);
    expect(makeRunCard(judgeRun({ ...input, interactive }), facts).injected).toBe(2);
  });
});

describe('two runs of one scenario', () => {
  it('had the same card: each says what --set changed', () => {
    const overrides = { duration: '20s', events: `[${'x'.repeat(90)}]` };
    const report = judgeRun({ ...runInput({ seeds: 1, slowdown: 1 }), overrides });
    const { changes } = makeRunCard(report, { id: 'r/1', traceBytes: 0, files: [] });
    expect(changes[0]).toBe('duration=20s');
    expect(changes[1]).toHaveLength(40);
    expect(changes[1]?.endsWith('…')).toBe(true);
  });
});

describe('two runs to compare', () => {
  it('stand in the address; a third takes the place of the first', () => {
    const two = withRunIdToggled(withRunIdToggled([], 'a,b/1'), 'demo');
    expect(readSelectedRunIds({ pick: writeSelectedRunIds(two) ?? '' })).toEqual(['a,b/1', 'demo']);
    expect(withRunIdToggled(two, 'c/1')).toEqual(['demo', 'c/1']);
    expect(withRunIdToggled(two, 'demo')).toEqual(['a,b/1']);
    expect(writeSelectedRunIds([])).toBeUndefined();
  });

  it('are read from an address that was written by hand', () => {
    expect(readSelectedRunIds({})).toEqual([]);
    expect(readSelectedRunIds({ pick: ',x,%,y' })).toEqual(['x', '%']);
  });
});

describe('a report that is dropped', () => {
  it('is refused by version and by shape, with words', () => {
    expect(readReportFile('{')).toMatchObject({ kind: 'unreadable' });
    expect(readReportFile('[]')).toMatchObject({ kind: 'unreadable' });
    expect(readReportFile('{"schemaVersion":3}')).toEqual({ kind: 'newer-version', version: 3 });
    expect(readReportFile('{"schemaVersion":1,"seeds":[]}')).toEqual({
      kind: 'unreadable',
      message: 'perSeed is missing',
    });
  });
});

describe('a CSV', () => {
  it('quotes what needs it and lets no cell become a formula', () => {
    const table = { columns: ['a, b'], rows: [['=1+1'], ['say "x"'], [-3], [null]] };
    expect(formatCsv(table, { run: 'r/1', seed: '1' })).toBe(
      'run,seed,"a, b"\r\nr/1,1,\'=1+1\r\nr/1,1,"say ""x"""\r\nr/1,1,-3\r\nr/1,1,\r\n',
    );
  });
});

describe('a plug-in', () => {
  const [states, broken] = double.views;

  it('is found by its place and draws plain data', () => {
    expect(sortPlugIns({ '../nodes/ping/viz.ts': { viz: double } })).toEqual([double]);
    const made = drawViewSafely(states!, DOUBLE_INPUT, () => 0);
    expect(made).toMatchObject({ kind: 'drawing', isSlow: false });
    expect(structuredClone(made)).toEqual(made);
  });

  it('that throws is shown in its place, and one that is slow is named', () => {
    expect(drawViewSafely(broken!, DOUBLE_INPUT)).toEqual({
      kind: 'trouble',
      message: 'Broken cannot be drawn: no such state',
    });
    let clock = 0;
    const late = drawViewSafely(states!, DOUBLE_INPUT, () => {
      clock += 30;
      return clock;
    });
    expect(late).toMatchObject({ isSlow: true });
  });
});
