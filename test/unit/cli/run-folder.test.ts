/**
 * Where runs write: runs with other inputs go to other folders, earlier runs are moved aside, ten
 * of them are kept, and files of others are not touched.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMER_RUNS_MAX, RunFolder } from '../../../cli/run-folder.ts';
import { type RunInputs, runName } from '../../../cli/run-name.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { hasSameResults } from '../../../reports/same-run.ts';
import { runInput } from '../reports/fixture.ts';

let scenario: string;
const notices: string[] = [];
beforeEach(() => {
  scenario = mkdtempSync(join(tmpdir(), 'orrery-place-'));
  notices.length = 0;
});
afterEach(() => rmSync(scenario, { recursive: true }));

const open = (name = '1'): RunFolder =>
  new RunFolder(join(scenario, name), (text) => notices.push(text));
const folders = (): string[] => readdirSync(scenario).sort();

/** Simulates a run, from its first to its last file. */
function runOnce(text: string, secondsAgo = 0): RunFolder {
  const place = open();
  const path = join(place.folder, 'report.json');
  writeFileSync(path, JSON.stringify({ reproduce: 'npm run scenario x', text }));
  const time = Date.now() / 1_000 - secondsAgo;
  utimesSync(path, time, time);
  place.release();
  return place;
}

it('a CI had to know the name of its run: latest leads to the last one', () => {
  for (const name of ['1', '1-5', '1-5']) {
    const place = open(name);
    writeFileSync(join(place.folder, 'report.json'), name);
    place.pointLatest();
    place.release();
    expect(readFileSync(join(scenario, 'latest/report.json'), 'utf8')).toBe(name);
  }
  expect(folders().filter((name) => name.startsWith('latest'))).toEqual(['latest']);
});

it('latest leaves a folder of that name alone', () => {
  mkdirSync(join(scenario, 'latest'));
  writeFileSync(join(scenario, 'latest/note.txt'), 'mine');
  const place = open();
  place.pointLatest();
  place.release();
  expect(readdirSync(join(scenario, 'latest'))).toEqual(['note.txt']);
  expect(folders()).toEqual(['1', 'latest']);
});

describe('the name of a run', () => {
  const plain: RunInputs = { command: 'scenario', seeds: [1], overrides: {} };
  const names = (...changes: readonly Partial<RunInputs>[]): string[] =>
    changes.map((change) => runName({ ...plain, ...change }));

  it('is short where everything is as in the file', () => {
    expect(names({}, { seeds: [1, 2, 3, 4, 5] }, { seeds: [17] }, { command: 'sweep' })).toEqual([
      ...['1', '1-5', '17', 'sweep'],
    ]);
  });

  it('tells a live run, a layout and a changed value from the plain run, which they overwrote', () => {
    expect(
      names(
        { command: 'live' },
        { command: 'live', layout: 'processes' },
        { command: 'emulate' },
        { overrides: { duration: '3s' } },
        { command: 'live', overrides: { duration: '3s' } },
      ),
    ).toEqual(['1-live', '1-live-processes', '1-emulate', '1-set-ec5b5afa', '1-live-set-ec5b5afa']);
  });

  it('is another one for any other input, and the same for the same in any order', () => {
    const all = names(
      { overrides: { duration: '3s' } },
      { overrides: { duration: '4s' } },
      { overrides: { duration: '3s', warmup: '1s' } },
      { flags: { shape: 'off' } },
      { seeds: [1, 2, 3, 4, 5] },
      { seeds: [1, 2, 5] },
      { seeds: [1, 3, 5] },
      { seeds: [5, 4, 3, 2, 1] },
    );
    expect(new Set(all).size).toBe(all.length);
    expect(names({ overrides: { a: '1', b: '2' } })).toEqual(
      names({ overrides: { b: '2', a: '1' } }),
    );
    for (const name of all) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/);
  });
});

describe('a run of the same inputs', () => {
  it('leaves the one before beside it, which it overwrote', () => {
    runOnce('first', 60);
    const place = runOnce('second');
    expect(place.folder).toBe(join(scenario, '1'));
    expect(readFileSync(join(scenario, '1/report.json'), 'utf8')).toContain('second');
    const [, former = ''] = folders();
    expect(former).toMatch(/^1_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    expect(place.former).toBe(join(scenario, former));
    expect(readFileSync(join(scenario, former, 'report.json'), 'utf8')).toContain('first');
  });

  it('two that end in one second are two', () => {
    runOnce('first', 60);
    runOnce('second', 60);
    runOnce('third');
    expect(folders()).toHaveLength(3);
    expect(folders()[2]).toMatch(/Z-2$/);
  });

  it(`of former runs the last ${FORMER_RUNS_MAX} are kept`, () => {
    expect(FORMER_RUNS_MAX).toBe(10);
    for (let count = 0; count <= 10; count += 1) runOnce(`run ${count}`, 1_000 - 60 * count);
    expect(folders()).toHaveLength(11);
    runOnce('run 11');
    expect(folders()).toHaveLength(11);
    const kept = folders().map((name) => readFileSync(join(scenario, name, 'report.json'), 'utf8'));
    expect(kept.some((text) => text.includes('run 0"'))).toBe(false);
    expect(kept.some((text) => text.includes('run 1"'))).toBe(true);
  });

  it('drops the one before when it says nothing else', () => {
    runOnce('first', 60);
    const place = open();
    place.dropFormer();
    place.release();
    expect(folders()).toEqual(['1']);
  });

  it('leaves nothing of a run that never came to its report', () => {
    const place = open();
    for (const name of ['trace.orr', 'junit.xml', 'notes.txt']) {
      writeFileSync(join(place.folder, name), 'x');
    }
    place.release();
    open().release();
    expect(folders()).toEqual(['1']);
    expect(readdirSync(join(scenario, '1'))).toEqual(['notes.txt']);
  });
});

describe('what is not ours', () => {
  const fill = (): void => {
    for (let count = 0; count <= 10; count += 1) runOnce(`run ${count}`, 1_000 - 60 * count);
  };
  const old = (): string => join(scenario, '1_2001-01-01T00-00-00Z');

  it('stays: a folder with a file that no run writes', () => {
    mkdirSync(old());
    writeFileSync(join(old(), 'report.json'), '{"reproduce":""}');
    writeFileSync(join(old(), 'notes.txt'), 'why this one matters');
    fill();
    runOnce('last');
    expect(readdirSync(old()).sort()).toEqual(['notes.txt', 'report.json']);
  });

  it('stays: a folder whose report is none, one with another name, one behind a link', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'orrery-elsewhere-'));
    writeFileSync(join(elsewhere, 'report.json'), '{"reproduce":""}');
    symlinkSync(elsewhere, old());
    for (const name of ['1_2001-01-01T00-00-01Z', '1_old', '10_2001-01-01T00-00-00Z']) {
      mkdirSync(join(scenario, name));
      writeFileSync(
        join(scenario, name, 'report.json'),
        name === '1_old' ? '{"reproduce":""}' : '{}',
      );
    }
    fill();
    runOnce('last');
    expect(existsSync(join(elsewhere, 'report.json'))).toBe(true);
    for (const name of ['1_2001-01-01T00-00-01Z', '1_old', '10_2001-01-01T00-00-00Z']) {
      expect(existsSync(join(scenario, name, 'report.json'))).toBe(true);
    }
    rmSync(elsewhere, { recursive: true });
  });

  it('goes: a former sweep with the reports of its combinations', () => {
    mkdirSync(join(old(), '12'), { recursive: true });
    writeFileSync(join(old(), 'sweep.json'), '{"reproduce":""}');
    writeFileSync(join(old(), '12/report.json'), '{}');
    fill();
    runOnce('last');
    expect(existsSync(old())).toBe(false);
  });
});

describe('two runs at once', () => {
  it('the second goes to a folder of its own, and says so', () => {
    const first = open();
    const second = open();
    expect(second.folder).toMatch(/1_\d{4}-[^/]*Z$/);
    expect(notices[0]).toContain(`process ${process.pid} is writing to ${first.folder}`);
    expect(notices[0]).toContain(second.folder);
    for (const place of [second, first]) place.release();
    expect(open().folder).toBe(first.folder);
  });

  it('a process that is gone holds nothing', async () => {
    const child = spawn(process.execPath, ['-e', '0']);
    await new Promise((done) => child.on('close', done));
    writeFileSync(join(scenario, '.1.running'), `${child.pid}`);
    const place = open();
    expect([place.folder, notices]).toEqual([join(scenario, '1'), []]);
    place.release();
    expect(folders()).toEqual(['1']);
  });

  it.runIf(process.platform === 'linux')('nor does another process with its number', () => {
    writeFileSync(join(scenario, '.1.running'), `${process.pid} 1`);
    expect(open().folder).toBe(join(scenario, '1'));
  });
});

describe('a run on which pages acted', () => {
  it('gets a name of its own, and the plain run its place back', () => {
    runOnce('plain', 60);
    const place = open();
    writeFileSync(join(place.folder, 'trace.orr'), 'x');
    place.rename('interactive');
    writeFileSync(join(place.folder, 'report.json'), '{"reproduce":""}');
    place.release();
    expect(folders()).toEqual(['1', '1-interactive']);
    expect(readFileSync(join(scenario, '1/report.json'), 'utf8')).toContain('plain');
    expect(readdirSync(join(scenario, '1-interactive')).sort()).toEqual([
      'report.json',
      'trace.orr',
    ]);
    const again = open();
    again.rename('interactive');
    again.release();
    expect(folders()).toHaveLength(3);
  });
});

describe('the same run twice', () => {
  const input = runInput({ seeds: 2, slowdown: 1 });
  const report = judgeRun(input);

  it('is one that only the wall clock tells apart', () => {
    const seeds = input.seeds.map((seed) => ({ ...seed, wallMs: seed.wallMs + 7 }));
    expect(hasSameResults(report, judgeRun({ ...input, wallMs: 1, seeds }))).toBe(true);
    const read = readReport(renderJson(report));
    expect('report' in read && hasSameResults(read.report, report)).toBe(true);
  });

  it.each([
    ['another commit', { environment: { ...input.environment, commit: 'fffffff' } }],
    ['another file', { scenario: { ...input.scenario, sha256: 'ff' } }],
    ['another topology', { scenario: { ...input.scenario, topologySha256: 'ff' } }],
    ['another value', { overrides: { duration: '3s' } }],
    ['other events', { seeds: input.seeds.map((seed) => ({ ...seed, fingerprint: 'ff' })) }],
    ['an early end', { seeds: input.seeds.map((s) => ({ ...s, ending: 'interrupted' as const })) }],
  ])('is none with %s', (_name, change) => {
    expect(hasSameResults(report, judgeRun({ ...input, ...change }))).toBe(false);
  });

  it('by the wall clock is none', () => {
    const seeds = input.seeds.slice(0, 1).map((seed) => ({ ...seed, fingerprint: 'none' }));
    const live = judgeRun({ ...input, mode: 'live', seeds });
    expect(hasSameResults(live, live)).toBe(false);
  });
});
