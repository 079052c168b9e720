/**
 * Every test file is run by `.ci/run`, and by one run of tests only: one that no list names, or two name, is found here.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import alone from '../../vitest.alone.config.ts';
import browser from '../../vitest.browser.config.ts';
import fleet from '../../vitest.fleet.config.ts';
import packaged from '../../vitest.package.config.ts';
import thorough, { ALONE, THOROUGH, THOROUGH_WALL } from '../../vitest.thorough.config.ts';
import thoroughWall from '../../vitest.thorough-wall.config.ts';
import virtual from '../../vitest.virtual.config.ts';
import wall from '../../vitest.wall.config.ts';
import { repositoryFiles } from './files.ts';

interface Choice {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

interface Config {
  readonly test?: Choice & { readonly projects?: readonly unknown[] };
}

const RUNS: Readonly<Record<string, Config>> = {
  virtual,
  wall,
  thorough,
  thoroughWall,
  alone,
  browser,
  fleet,
  packaged,
};
const files = repositoryFiles()
  .map(({ path }) => path)
  .filter((path) => /^test\/.*\.test\.ts$/.test(path));

/** For the patterns that the lists use: `**`, `*` and `{a,b}`. */
function isMatch(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll('.', '\\.')
    .replace(/\{([^}]*)\}/g, (_, words: string) => `(${words.replaceAll(',', '|')})`)
    .replaceAll('**/', '(<any>/)?')
    .replaceAll('**', '<any>')
    .replaceAll('*', '[^/]*')
    .replaceAll('<any>', '.*');
  return new RegExp(`^${source}$`).test(path);
}

function runsOf(path: string): readonly string[] {
  const isIn = (patterns: readonly string[] = []): boolean =>
    patterns.some((pattern) => isMatch(pattern, path));
  return Object.entries(RUNS).flatMap(([name, { test }]) => {
    const projects = test?.projects as readonly { readonly test: Choice }[] | undefined;
    return (projects?.map((project) => project.test) ?? [test])
      .filter((choice) => isIn(choice?.include) && !isIn(choice?.exclude))
      .map(() => name);
  });
}

describe('the runs of tests', () => {
  it('run each file once', () => {
    expect(files.length).toBeGreaterThan(400);
    const others = files
      .map((path) => ({ path, runs: runsOf(path) }))
      .filter(({ runs }) => runs.length !== 1);
    expect(others).toEqual([]);
  });

  it('name files that exist', () => {
    const names = [...THOROUGH, ...THOROUGH_WALL, ...ALONE].flatMap((pattern) => {
      const [head = '', words, tail = ''] =
        /^([^{]*)\{([^}]*)\}(.*)$/.exec(pattern)?.slice(1) ?? [];
      return words === undefined ? [pattern] : words.split(',').map((one) => head + one + tail);
    });
    expect(names.filter((pattern) => !files.some((path) => isMatch(pattern, path)))).toEqual([]);
  });

  it('are found by path, whatever the form of the pattern', () => {
    expect(runsOf('test/scenarios/verify.test.ts')).toEqual(['thorough']);
    expect(runsOf('test/live/loops.test.ts')).toEqual(['wall']);
    expect(runsOf('test/unit/engine/core/stream.test.ts')).toEqual(['virtual']);
    expect(runsOf('test/viz/big.test.ts')).toEqual(['alone']);
    expect(runsOf('test/fleet/fleet.test.ts')).toEqual(['fleet']);
    expect(runsOf('test/nowhere.ts')).toEqual([]);
  });
});
