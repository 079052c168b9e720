/**
 * Every test file is run by `.ci/run`, and by one project of vitest only: one that no project takes, or two take, is found
 * here.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nightlyList } from '../../tools/nightly/nightly-list.ts';
import config from '../../vitest.config.ts';
import { ROOT, repositoryFiles } from './files.ts';

interface Project {
  readonly test: { readonly name: string; readonly include: readonly string[] };
}

const all = (config.test?.projects ?? []) as unknown as readonly Project[];
const projects = all.map(({ test }) => test);
const files = repositoryFiles()
  .map(({ path }) => path)
  .filter((path) => /^test\/.*\.test\.ts$/.test(path));
/** What the commands of `.ci/run` start. */
const RUNS = ['check-all', 'check-thorough', 'check-browser', 'check-fleet', 'package-test'];

/** Have no figures: they are about whole published files. */
const SILENT = [
  'test/scenarios/scion-imported.slow.test.ts',
  'test/vectors/simulation-workloads.slow.test.ts',
];

/** For the patterns that the projects use: any folder, and a name without dots. */
function isMatch(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll('.', '\\.')
    .replaceAll('**/', '(.*/)?')
    .replaceAll('+([^\\.])', '[^./]+');
  return new RegExp(`^${source}$`).test(path);
}

function projectsOf(path: string): readonly string[] {
  return projects
    .filter(({ include }) => include.some((pattern) => isMatch(pattern, path)))
    .map(({ name }) => name);
}

describe('the runs of tests', () => {
  it('run each file once', () => {
    expect(files.length).toBeGreaterThan(400);
    const others = files
      .map((path) => ({ path, names: projectsOf(path) }))
      .filter(({ names }) => names.length !== 1);
    expect(others).toEqual([]);
  });

  it('are not those of virtual time where everything waits for the wall clock', () => {
    const waits =
      /^test\/(live|emulate|environment|viz|fleet|package|security\/browser|conformance\/live-|unit\/engine\/live)/;
    const waiting = files.filter((path) => waits.test(path));
    expect(waiting.length).toBeGreaterThan(80);
    expect(waiting.filter((path) => projectsOf(path).includes('virtual'))).toEqual([]);
  });

  it('are steps of what CI runs', () => {
    const steps = RUNS.map((name) =>
      readFileSync(join(ROOT, 'tools', `${name}.ts`), 'utf8'),
    ).join();
    const named = [...steps.matchAll(/'--project=([\w-]+)'/g)].map(([, name]) => name);
    const inCi = projects.map(({ name }) => name).filter((name) => name !== 'nightly');
    expect(new Set(named)).toEqual(new Set(inCi));
    const alone = 'test/how-to/calibrate';
    const nightly = nightlyList(join(ROOT, 'scenarios')).map(({ args }) => args);
    expect(nightly.filter(([script]) => script === 'test:nightly')).toEqual([
      ['test:nightly', '--', '--exclude', `${alone}*`],
      ['test:nightly', '--', alone],
    ]);
  });

  it('say something of each codec where the published vectors are not installed', () => {
    const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
    const readers = files.filter((path) => text(path).includes("vectors-root.ts'"));
    expect(readers.length).toBeGreaterThan(50);
    // `itWhole` skips a test, and nothing else can ask whether they are installed.
    const isSkipped = (path: string): boolean => !/^\s*it(\.each)?\(/m.test(text(path));
    expect(readers.filter(isSkipped)).toEqual(SILENT);
    expect(text('test/vectors-root.ts')).not.toMatch(/export const hasVectors/);
  });

  it('are found by the suffix', () => {
    expect(projectsOf('test/scenarios/verify.slow.test.ts')).toEqual(['slow']);
    expect(projectsOf('test/live/loops.wall.test.ts')).toEqual(['wall']);
    expect(projectsOf('test/live/held.slow-wall.test.ts')).toEqual(['slow-wall']);
    expect(projectsOf('test/unit/engine/core/stream.test.ts')).toEqual(['virtual']);
    expect(projectsOf('test/unit/engine/core/stream.other.test.ts')).toEqual([]);
    expect(projectsOf('test/nowhere.ts')).toEqual([]);
  });
});
