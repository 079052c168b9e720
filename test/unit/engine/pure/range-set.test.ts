/**
 * Sets of integers, against a model that is too simple to be wrong.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Range, RangeSet } from '../../../../engine/pure/range-set.ts';

const END = 60;

const change = fc.record({
  isAdded: fc.boolean(),
  start: fc.nat(END - 1),
  length: fc.nat(12),
});

function integers(start: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
}

/** The ranges of some integers, by looking at each. */
function rangesOf(some: Iterable<number>): readonly Range[] {
  const ranges: { start: number; end: number }[] = [];
  for (const integer of [...some].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.end === integer) last.end += 1;
    else ranges.push({ start: integer, end: integer + 1 });
  }
  return ranges;
}

/** Compares everything that a set says with a table of its integers. */
function expectSame(set: RangeSet, table: ReadonlySet<number>, start: number, end: number): void {
  const ranges = rangesOf(table);
  expect(set.within(-1, END + 20)).toEqual(ranges);
  expect([set.size, set.count]).toEqual([table.size, ranges.length]);
  expect([set.firstStart, set.firstEnd]).toEqual([ranges[0]?.start ?? 0, ranges[0]?.end ?? 0]);
  expect(set.rangeOf(start)).toEqual(ranges.find((one) => one.start <= start && start < one.end));
  const asked = integers(start, end);
  const isIn = (integer: number): boolean => table.has(integer);
  expect(set.hasAny(start, end)).toBe(asked.some(isIn));
  expect(set.covers(start, end)).toBe(asked.every(isIn));
  expect(set.gaps(start, end)).toEqual(rangesOf(asked.filter((integer) => !isIn(integer))));
  expect(set.within(start, end)).toEqual(rangesOf(asked.filter(isIn)));
}

/** Adds integers to the table, or removes them. @returns how many it changed. */
function alter(table: Set<number>, isAdded: boolean, some: readonly number[]): number {
  const before = table.size;
  for (const one of some) {
    if (isAdded) table.add(one);
    else table.delete(one);
  }
  return Math.abs(table.size - before);
}

describe('a set of ranges', () => {
  it('is the set that a table of integers says', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const set = new RangeSet();
        const table = new Set<number>();
        for (const { isAdded, start, length } of changes) {
          const end = start + length;
          const moved = isAdded ? set.add(start, end) : set.remove(start, end);
          expect(moved).toBe(alter(table, isAdded, integers(start, end)));
          expectSame(set, table, start - 2, start + 3);
          expectSame(set, table, start, Math.max(end, start + 1));
        }
        set.clear();
        expectSame(set, new Set(), 0, 9);
      }),
      { numRuns: 500 },
    );
  });
});
