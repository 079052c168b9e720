/** Parts of a sweep: each combination in one of them, spread whatever the order of parameters. */
import { describe, expect, it } from 'vitest';
import { combinationsOfShard, readShard } from '../../../../runner/sweep/shard.ts';

const cells = Array.from({ length: 60 }, (_, index) => {
  return { index, parameters: { slow: String(index < 30), x: String(index) } };
});
const facts = { commit: '1a2b3c4', set: {} };

describe('shards', () => {
  it.each([1, 2, 7, 60, 100])('have every combination once, of %d parts', (count) => {
    const parts = Array.from({ length: count }, (_, at) => {
      return combinationsOfShard(cells, { index: at + 1, count }, facts);
    });
    expect(parts.flat().sort((a, b) => a.index - b.index)).toEqual(cells);
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    for (const part of parts) expect(part).toEqual([...part].sort((a, b) => a.index - b.index));
  });

  it('share a slow corner', () => {
    for (const index of [1, 2, 3]) {
      const part = combinationsOfShard(cells, { index, count: 3 }, facts);
      const slow = part.filter(({ parameters }) => parameters.slow === 'true').length;
      expect(slow).toBeGreaterThan(3);
      expect(slow).toBeLessThan(17);
    }
  });

  it.each(['1/1', '2/4', '10000/10000'])('are written %s', (text) => {
    expect(readShard(text)).toEqual({
      index: Number(text.split('/')[0]),
      count: Number(text.split('/')[1]),
    });
  });

  it.each(['0/4', '5/4', '1', '1/', '/4', '-1/4', '1/4/2', '1.5/4', '1/10001', 'a/b', ''])(
    'are not written "%s"',
    (text) => {
      expect(readShard(text)).toBeUndefined();
    },
  );
});
