/** Parts of a sweep that are joined: other sweeps are refused, other results of one run are told. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import { mergeResults, type ResultsPart } from '../../../../runner/sweep/merge.ts';
import { packResult } from '../../../../runner/sweep/packed-result.ts';
import {
  makeSweepHeader,
  type ResultsFileRun,
  type SweepHeader,
} from '../../../../runner/sweep/results-file.ts';

const line = (seed: number, fingerprint = `f${seed}`, packed = fingerprint): ResultsFileRun => {
  const result = { seed, fingerprint: packed, metrics: {}, packets: {} };
  return {
    ...{ id: `run-${seed}`, parameters: { x: '1' }, seed, fingerprint },
    ...{ values: {}, result: packResult(result as unknown as SeedResult) },
  };
};
const damaged = (seed: number, fingerprint?: string): ResultsFileRun => ({
  ...line(seed, fingerprint),
  result: 'AAAA',
});
const head = makeSweepHeader({
  ...{ name: 'a', file: 'a.yaml', sha256: 'aa', commit: '1a2b3c4', set: {}, seeds: [1, 2] },
});
const part = (
  path: string,
  lines: readonly ResultsFileRun[],
  change: Partial<SweepHeader> = {},
): ResultsPart => {
  return { path, head: { ...head, shard: path, ...change }, lines };
};

describe('merging', () => {
  it('has every run once, and no part in its head', () => {
    const merged = mergeResults([part('a', [line(1), line(2)]), part('b', [line(2), line(3)])]);
    expect([...merged.lines.keys()]).toEqual(['run-1', 'run-2', 'run-3']);
    expect(merged.conflicts).toEqual([]);
    expect(merged.head).toEqual(head);
  });

  it('tells of two results of one run', () => {
    const { conflicts } = mergeResults([part('a', [line(1)]), part('b', [line(1, 'other')])]);
    expect(conflicts).toMatchObject([
      {
        ...{ id: 'run-1', seed: 1 },
        found: [
          ['a', 'f1'],
          ['b', 'other'],
        ],
      },
    ]);
  });

  it('tells of two results of one run in one file, once for each result', () => {
    const lines = [line(1), line(1, 'other'), line(1), line(1, 'other'), line(2)];
    const merged = mergeResults([part('a', lines)]);
    expect(merged.conflicts.map(({ found }) => found)).toEqual([
      [
        ['a', 'f1'],
        ['a', 'other'],
      ],
    ]);
    expect(merged.lines.get('run-1')).toEqual(line(1));
  });

  it('takes a whole line for a damaged one, whichever is first', () => {
    for (const lines of [
      [damaged(1), line(1)],
      [line(1), damaged(1)],
      [damaged(1, 'torn'), line(1)],
    ]) {
      const merged = mergeResults([part('a', lines)]);
      expect(merged.lines.get('run-1')).toEqual(line(1));
      expect(merged.conflicts).toEqual([]);
    }
    const twice = [damaged(1), { ...damaged(1), result: 'AAAB' }];
    expect(mergeResults([part('a', twice)]).lines.size).toBe(0);
  });

  it('does not take a result with another fingerprint than its line', () => {
    const odd = line(1, 'f1', 'f2');
    const odder = line(1, 'f1', 'f3');
    expect(mergeResults([part('a', [odd, odder])]).lines.size).toBe(0);
    expect(mergeResults([part('a', [odd, line(1)])]).lines.get('run-1')).toEqual(line(1));
  });

  it.each<[Partial<SweepHeader>, string]>([
    [{ commit: '9' }, 'b and a differ in their commit: "9" and "1a2b3c4"'],
    [{ sha256: 'bb' }, 'differ in their scenario file'],
    [{ set: { duration: '1s' } }, 'differ in their values that are set'],
    [{ seeds: [1] }, 'differ in their seeds'],
    [{ adaptive: 5 }, 'differ in their number of adaptive seeds: 5 and null'],
    [{ name: 'b' }, 'differ in their scenario'],
  ])('refuses %j', (change, text) => {
    expect(() => mergeResults([part('a', []), part('b', [], change)])).toThrow(text);
  });

  it('refuses nothing at all', () => {
    expect(() => mergeResults([])).toThrow('nothing to merge');
  });
});
