/**
 * Each attack of docs/THREATS.md has a bound, and a test that is there.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';

const [, attacks = ''] = readFileSync(join(ROOT, 'docs/THREATS.md'), 'utf8').split('## Attacks\n');

describe('the attacks of docs/THREATS.md', () => {
  it('each name a surface, an attack, a bound and tests that exist', () => {
    const rows = attacks.split('\n').filter((line) => line.startsWith('| '));
    const attempts = rows.filter((row) => !row.startsWith('| Surface |'));
    expect(attempts.length).toBeGreaterThan(80);
    expect(attempts.filter((row) => problemOf(row) !== '')).toEqual([]);
  });

  it.each([
    ['| Mixes | junk | ten a second | `test/security/gone.test.ts` |', 'no test: gone.test.ts'],
    ['| Mixes | junk | ten a second | – |', 'no test'],
    ['| Mixes | junk | `test/security/scmp.slow.test.ts` |', '3 cells'],
    ['| Mixes |  | ten a second | `test/security/scmp.slow.test.ts` |', 'an empty cell'],
  ])('refuse %j: %s', (row, problem) => {
    expect(problemOf(row)).toBe(problem);
  });
});

/** What is wrong with a row; empty if nothing is. */
function problemOf(row: string): string {
  const cells = row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
  if (cells.length !== 4) return `${cells.length} cells`;
  const [surface = '', attack = '', bound = '', tests = ''] = cells;
  if ([surface, attack, bound].some((cell) => cell.trim() === '')) return 'an empty cell';
  const paths = [...tests.matchAll(/`(test\/[\w/.-]+\.ts)`/g)].map(([, path = '']) => path);
  const missing = paths.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) return `no test: ${missing.map((path) => basename(path)).join(', ')}`;
  return paths.length === 0 ? 'no test' : '';
}
