/**
 * Which results count: those for the present files, not too old, and from the last round of a
 * nightly; tested in a temporary repository.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type LastRun,
  NIGHTLY_TABLE_PATH,
  nightlyStaleness,
  readLastRun,
  recordResultsOrigin,
  TEST_RESULTS_PATH,
} from '../../../../tools/requirements/last-run.ts';
import {
  type NightlyRow,
  readNightly,
  saveNightlyRow,
} from '../../../../tools/requirements/nightly-table.ts';

const fresh = mkdtempSync(join(tmpdir(), 'orrery-judge-'));
let root = fresh;
beforeAll(() => {
  git('init', '-q');
  commit('a.ts', 'first');
  commit('.gitignore', 'node_modules/\nruns/\n');
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orrery-judge-'));
  cpSync(fresh, root, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
afterAll(() => rmSync(fresh, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
  return execFileSync('git', ['-C', root, ...who, ...args], { encoding: 'utf8' }).trim();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function commit(path: string, text: string): string {
  write(path, text);
  git('add', '-A');
  git('commit', '-qm', 'x');
  return git('rev-parse', '--short=7', 'HEAD');
}

function test(status = 'passed'): void {
  mkdirSync(join(root, dirname(TEST_RESULTS_PATH)), { recursive: true });
  recordResultsOrigin(join(root, TEST_RESULTS_PATH), root);
  const assertionResults = [{ fullName: 'R-001: works', status }];
  const testResults = [{ name: join(root, 'test/a.test.ts'), assertionResults }];
  write(TEST_RESULTS_PATH, JSON.stringify({ startTime: 0, testResults }));
}

function report(of: string, change: object = {}): void {
  const kpis = [{ metric: 'm', aggregation: 'p95', status: 'pass', value: 1, n: 4 }];
  const facts = { mode: 'sim', overrides: {}, seeds: [1, 2], environment: { commit: of }, kpis };
  write('runs/hello/1/report.json', JSON.stringify({ ...facts, ...change }));
}

const read = (): LastRun => readLastRun(root, join(root, 'runs'));

describe('results of tests', () => {
  it('count for the files that they ran on', () => {
    test();
    expect(read().tests).toMatchObject([{ file: 'test/a.test.ts', status: 'passed' }]);
  });

  it('are stale once another file was changed, added or committed', () => {
    test();
    write('b.ts', 'new');
    expect(read().tests[0]?.status).toBe('stale');
    commit('b.ts', 'new');
    expect(read().tests[0]?.status).toBe('stale');
    test();
    expect(read().tests[0]?.status).toBe('passed');
    write('a.ts', 'changed');
    expect(read().tests[0]?.status).toBe('stale');
  });

  it('outlive the documents that are written from them', () => {
    test();
    write('docs/REQUIREMENTS.md', 'verdicts');
    expect(read().tests[0]?.status).toBe('passed');
    commit('docs/REQUIREMENTS.md', 'verdicts');
    expect(read().tests[0]?.status).toBe('passed');
  });

  it('that nobody noted an origin of are stale', () => {
    test();
    rmSync(join(root, TEST_RESULTS_PATH.replace('.json', '.origin.json')));
    expect(read().tests[0]?.status).toBe('stale');
  });

  it('have one word for all that was not run', () => {
    test('pending');
    expect(read().tests[0]?.status).toBe('skipped');
  });
});

describe('a report', () => {
  it('counts with its seeds and for its commit', () => {
    report(git('rev-parse', '--short=7', 'HEAD'));
    expect(read().kpis).toMatchObject([{ scenario: 'hello', seeds: 2, n: 4, stale: undefined }]);
    commit('a.ts', 'second');
    expect(read().kpis[0]?.stale).toMatch(/^of commit [0-9a-f]{7}$/);
  });

  it('of files that nobody committed does not count for those that somebody did', () => {
    report(`${git('rev-parse', '--short=7', 'HEAD')}+`);
    expect(read().kpis[0]?.stale).toBeDefined();
  });

  it('of a scenario that was changed for the run, or while it ran, is none', () => {
    const head = git('rev-parse', '--short=7', 'HEAD');
    report(head, { overrides: { duration: '1s' } });
    expect(read().kpis).toEqual([]);
    report(head, { interactive: { faults: 1, file: 'x' } });
    expect(read().kpis).toEqual([]);
  });
});

describe('a nightly', () => {
  const row: NightlyRow = {
    round: '2026-11-20T01:00:00.000Z',
    commit: 'abc1234',
    at: '2026-11-20T02:00:00.000Z',
    seconds: 1,
    command: 'npm run x',
    isPassed: true,
    kpis: [],
    figures: [{ name: 'a check', unit: 'ns', value: 5, ratio: 1 }],
  };

  it('that failed shows what it missed, and greens nothing', () => {
    const kpi = {
      scenario: 'soak',
      mode: 'live',
      seeds: 1,
      metric: 'm',
      aggregation: 'p95',
    } as const;
    const kpis = [
      { ...kpi, status: 'pass', value: 1, n: 4 },
      { ...kpi, metric: 'x', status: 'fail', value: 9, n: 4 },
    ] as NightlyRow['kpis'];
    mkdirSync(join(root, 'docs'), { recursive: true });
    saveNightlyRow(join(root, NIGHTLY_TABLE_PATH), 'soak', {
      ...{ ...row, at: new Date().toISOString(), kpis, isPassed: false },
    });
    expect(read().kpis.map(({ stale }) => stale)).toEqual(['of a nightly that failed', undefined]);
  });

  it('lands each row as it ends, and keeps the others', () => {
    const path = join(root, 'nightly.json');
    expect(readNightly(path)).toEqual({ round: '', rows: {} });
    saveNightlyRow(path, 'soak', row);
    saveNightlyRow(path, 'bench-replay', { ...row, isPassed: false });
    expect(readNightly(path)).toEqual({
      round: row.round,
      rows: { 'bench-replay': { ...row, isPassed: false }, soak: row },
    });
  });

  it('is read with date and commit, its figures under the name of the benchmark', () => {
    mkdirSync(join(root, 'docs'));
    saveNightlyRow(join(root, NIGHTLY_TABLE_PATH), 'bench-replay', row);
    const nightly = { commit: 'abc1234', date: '2026-11-20' };
    expect(read().nightly).toMatchObject([{ name: 'bench-replay', isPassed: true, nightly }]);
    expect(read().figures).toMatchObject([{ suite: 'replay', name: 'a check', nightly }]);
  });

  const judgedAt = new Date('2026-12-04T02:00:00.000Z');
  it.each<[string, Partial<NightlyRow>, string | undefined]>([
    ['14 days old', {}, undefined],
    ['a day older', { at: '2026-11-19T01:59:59.000Z' }, '15 days old'],
    ['of an earlier round', { round: 'earlier' }, 'the last nightly did not run it'],
    ['of a dirty tree', { commit: 'abc1234+' }, 'of files that no commit holds (abc1234+)'],
    ['of no repository', { commit: 'unknown' }, 'of files that no commit holds (unknown)'],
  ])('%s', (_what, change, stale) => {
    expect(nightlyStaleness({ ...row, ...change }, row.round, judgedAt)).toBe(stale);
  });
});

describe('a planted defect', () => {
  it('was not planted, said the judgement of the very run that had planted it', () => {
    const one = { id: 'R-001', text: 'a', becomes: 'b', foundBy: 'a test' };
    const now = git('rev-parse', '--short=7', 'HEAD');
    write('runs/mutants.json', JSON.stringify([{ ...one, commit: now }]));
    expect(readLastRun(root, join(root, 'runs')).defects).toMatchObject([{ ...one, commit: now }]);
    commit('a.ts', 'second');
    expect(readLastRun(root, join(root, 'runs')).defects).toEqual([]);
  });
});
