/**
 * Spools and token buckets of providers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { Spool } from '../../../../nodes/mixnet/provider/spool.ts';
import { TokenBucket } from '../../../../nodes/mixnet/provider/token-bucket.ts';
import type { Spooled } from '../../../../nodes/mixnet/wire.ts';

const SECOND = 1_000_000_000;
const message = (first: number): Spooled => ({
  kind: 'forward',
  surbId: new Uint8Array(16),
  body: Uint8Array.of(first),
});
const numbers = (spool: Spool, count = 10): (readonly [number, number | undefined])[] =>
  spool.head(count).map((entry) => [entry.sequence, entry.message.body[0]] as const);

describe('a spool', () => {
  const filled = (): Spool => {
    const spool = new Spool();
    for (const first of [10, 11, 12]) spool.add(message(first), 0);
    return spool;
  };

  it('hands out the oldest first, and again until they are acknowledged', () => {
    const spool = filled();
    expect(numbers(spool, 2)).toEqual([
      [1, 10],
      [2, 11],
    ]);
    expect(numbers(spool, 2)).toEqual([
      [1, 10],
      [2, 11],
    ]);
    expect(spool.acknowledge(2)).toHaveLength(2);
    expect(numbers(spool)).toEqual([[3, 12]]);
    expect(spool.size).toBe(1);
  });

  it('deletes nothing twice, and counts on', () => {
    const spool = filled();
    const deleted = [0, 3, 3].map((sequence) => spool.acknowledge(sequence).length);
    expect(deleted).toEqual([0, 3, 0]);
    spool.add(message(13), 0);
    expect(numbers(spool)).toEqual([[4, 13]]);
  });

  it('counts from where the client stands when that is ahead: the provider has restarted', () => {
    const spool = filled();
    expect(spool.acknowledge(700)).toEqual([]);
    expect(numbers(spool)).toEqual([
      [701, 10],
      [702, 11],
      [703, 12],
    ]);
    expect(spool.acknowledge(703)).toHaveLength(3);
  });
});

describe('a token bucket', () => {
  it('starts full, then gives its rate', () => {
    const bucket = new TokenBucket(3);
    bucket.setRate(SECOND);
    const taken = (now: number): boolean => bucket.take(now);
    expect([0, 0, 0, 0].map(taken)).toEqual([true, true, true, false]);
    expect(taken(SECOND - 1)).toBe(false);
    expect(taken(SECOND)).toBe(true);
    expect(taken(SECOND)).toBe(false);
  });

  it('holds no more than its burst, however long the client was silent', () => {
    const bucket = new TokenBucket(2);
    bucket.setRate(SECOND);
    const now = 1_000_000 * SECOND;
    expect([now, now, now].map((at) => bucket.take(at))).toEqual([true, true, false]);
  });
});
