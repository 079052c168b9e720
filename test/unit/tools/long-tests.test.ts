/** Which of the long tests a commit runs: each file has its turn, and no file that does not exist is listed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LONG_TESTS, restingTests, takesTurns, turnOf } from '../../../tools/long-tests.ts';
import { ROOT } from '../../architecture/files.ts';

const commits = Array.from({ length: 60 }, (_, index) => `commit ${index}`);
const rested = new Set(commits.flatMap(restingTests));

describe('the long tests', () => {
  it('exist', () => {
    expect(LONG_TESTS.filter((name) => !existsSync(join(ROOT, `test/${name}.test.ts`)))).toEqual(
      [],
    );
  });

  it('rest at some commits and run at others, each of them, and the same at each run of a commit', () => {
    expect(rested.size).toBeGreaterThan(20);
    for (const file of rested) {
      const runs = commits.filter((commit) => !restingTests(commit).includes(file));
      expect(runs.length).toBeGreaterThan(commits.length / 6);
      expect(runs.length).toBeLessThan(commits.length / 2);
    }
    expect(restingTests('a')).toEqual(restingTests('a'));
  });

  it('are among those for whose results the nightly speaks, and no other file is', () => {
    expect([...rested].filter((file) => !takesTurns(file))).toEqual([]);
    expect(takesTurns('test/unit/nodes/mixnet/load.slow.test.ts')).toBe(false);
    expect(takesTurns('test/scenarios/doubles.slow.test.ts')).toBe(false);
  });

  it('of npm test never rest', () => {
    expect([...rested].filter((file) => !/\.slow(-wall)?\.test\.ts$/.test(file))).toEqual([]);
  });

  it('have turns below their number', () => {
    const turns = new Set(commits.map((commit) => turnOf(commit, 3)));
    expect([...turns].sort()).toEqual([0, 1, 2]);
  });
});
