import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHunks, type Hunk } from '../../../../viz/app/pages/compare/line-diff.ts';

const words = (hunks: readonly Hunk[]): readonly string[] =>
  hunks.flatMap(({ fromA, fromB, lines }) => [
    `@ ${fromA} ${fromB}`,
    ...lines.map(({ kind, text }) => `${{ same: ' ', out: '-', in: '+' }[kind]}${text}`),
  ]);

describe('the difference of two texts', () => {
  it('is nothing between equal ones', () => {
    expect(findHunks('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('shows three lines around a change, and its place in both', () => {
    const before = ['1', '2', '3', '4', 'rate: 100', '6', '7', '8', '9'];
    const after = before.with(4, 'rate: 200');
    expect(words(findHunks(before.join('\n'), after.join('\n')))).toEqual([
      ...['@ 2 2', ' 2', ' 3', ' 4', '-rate: 100', '+rate: 200', ' 6', ' 7', ' 8'],
    ]);
  });

  it('keeps changes that are far apart in hunks of their own', () => {
    const before = Array.from({ length: 30 }, (_, index) => `${index}`);
    const after = before.toSpliced(20, 1).toSpliced(2, 0, 'new');
    const hunks = findHunks(before.join('\n'), after.join('\n'));
    expect(hunks.map(({ fromA, fromB }) => [fromA, fromB])).toEqual([
      [1, 1],
      [18, 19],
    ]);
  });

  it('of large texts without a line in common shows all of both', () => {
    const text = (name: string): string =>
      Array.from({ length: 2_500 }, (_, index) => `${name}${index}`).join('\n');
    const lines = findHunks(text('a'), text('b')).flatMap((hunk) => hunk.lines);
    expect(lines.filter(({ kind }) => kind === 'out')).toHaveLength(2_500);
    expect(lines.filter(({ kind }) => kind === 'in')).toHaveLength(2_500);
  });

  it('leads from the one to the other, and takes out and puts in no more than it must', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const hunks = findHunks(before.join('\n'), after.join('\n'));
        expect(patched(before, hunks)).toEqual(after);
        const changed = hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== 'same'));
        expect(changed).toHaveLength(before.length + after.length - 2 * longest(before, after));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

/** Applies the removals and additions of the hunks. */
function patched(before: readonly string[], hunks: readonly Hunk[]): readonly string[] {
  const made: string[] = [];
  let at = 0;
  for (const { fromA, lines } of hunks) {
    made.push(...before.slice(at, fromA - 1));
    const old = lines.filter(({ kind }) => kind !== 'in').map(({ text }) => text);
    expect(before.slice(fromA - 1, fromA - 1 + old.length)).toEqual(old);
    made.push(...lines.filter(({ kind }) => kind !== 'out').map(({ text }) => text));
    at = fromA - 1 + old.length;
  }
  return [...made, ...before.slice(at)];
}

/** Length of the longest common subsequence, by its definition. */
function longest(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    for (const [index, other] of b.entries()) {
      const best = Math.max(next[index] ?? 0, row[index + 1] ?? 0);
      next.push(one === other ? (row[index] ?? 0) + 1 : best);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
