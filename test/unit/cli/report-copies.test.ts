/** `--junit` and `--report`: a CI had to know the name of a run's folder. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndedHere, orreryHere } from '../../command-here.ts';
import { SMALL } from './small-sweep.ts';

const HELLO = SMALL.replace(/sweep: .*\n/, '');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-copies-'));
  writeFileSync(join(folder, 'small.yaml'), HELLO);
  writeFileSync(join(folder, 'missed.yaml'), HELLO.replace('kpis:', 'arrives: nothing\nkpis:'));
  writeFileSync(join(folder, 'wrong.yaml'), HELLO.replace('duration: 1500ms', 'duration: soon'));
  writeFileSync(join(folder, 'swept.yaml'), SMALL);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const orrery = (...words: readonly string[]): Promise<EndedHere> => orreryHere(folder, words);
const textOf = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8');

describe('a CI that names its files', () => {
  it('finds the JUnit file and all reports of a run, the same as in its folder', async () => {
    const words = ['--no-trace', '--junit', 'ci/new/result.xml', '--report', 'pages'];
    expect((await orrery('scenario', 'small.yaml', ...words)).status).toBe(0);
    const own = 'runs/small/latest';
    expect(textOf('ci/new/result.xml')).toBe(textOf(own, 'junit.xml'));
    const names = ['junit.xml', 'metrics.prom', 'report.html', 'report.json', 'report.md'];
    expect(readdirSync(join(folder, 'pages')).sort()).toEqual(names);
    for (const name of names) expect(textOf('pages', name)).toBe(textOf(own, name));
  });

  it('finds those of a sweep', async () => {
    await orrery('sweep', 'swept.yaml', '--junit', 'sweep.xml', '--report', 'sweeps');
    expect(textOf('sweep.xml')).toBe(textOf('runs/small/latest/sweep.junit.xml'));
    expect(readdirSync(join(folder, 'sweeps'))).toContain('sweep.parquet');
  });

  it('does not find the verdict of an earlier run where the files are wrong', async () => {
    mkdirSync(join(folder, 'old'));
    writeFileSync(join(folder, 'old/report.json'), '{ "pass": true }');
    writeFileSync(join(folder, 'old/scenario.yaml'), 'of the user');
    writeFileSync(join(folder, 'old.xml'), '<testsuites/>');
    const words = ['--junit', 'old.xml', '--report', 'old'];
    expect((await orrery('scenario', 'wrong.yaml', ...words)).status).toBe(2);
    expect(textOf('old.xml')).toMatch(/<error type="configuration" message="[^"]*soon/);
    expect(readdirSync(join(folder, 'old')).sort()).toEqual(['junit.xml', 'scenario.yaml']);
    expect(textOf('old/scenario.yaml')).toBe('of the user');
  });

  it('finds a failure of a missed limit, not an error', async () => {
    expect((await orrery('scenario', 'missed.yaml', '--junit', 'missed.xml')).status).toBe(1);
    expect(textOf('missed.xml')).toContain('<failure type="invariant"');
    expect(textOf('missed.xml')).not.toContain('<error');
  });

  it('is told before anything runs that a folder cannot be written', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const { status, stderr } = await orrery('scenario', 'small.yaml', '--report', 'a-file/below');
    expect(status).toBe(2);
    expect(stderr).toContain('a-file');
    expect(existsSync(join(folder, 'a-file/below'))).toBe(false);
  });

  it('is told that runs made twice leave no report', async () => {
    const words = ['--check-determinism', '--junit', 'none.xml'];
    const { status, stderr } = await orrery('scenario', 'small.yaml', ...words);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--junit has no report')]);
    expect(existsSync(join(folder, 'none.xml'))).toBe(false);
  });
});
