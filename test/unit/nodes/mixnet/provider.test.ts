/**
 * Spools and token buckets of providers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../../nodes/_kit/token-bucket.ts';
import { Spool } from '../../../../nodes/mixnet/provider/spool.ts';
import { SpoolWatch, slowRetrievalText } from '../../../../nodes/mixnet/provider/spool-watch.ts';
import type { SpooledMessage } from '../../../../nodes/mixnet/wire.ts';

const SECOND = 1_000_000_000;
const message = (first: number): SpooledMessage => ({
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
    bucket.setInterval(SECOND);
    const taken = (now: number): boolean => bucket.take(now);
    expect([0, 0, 0, 0].map(taken)).toEqual([true, true, true, false]);
    expect(taken(SECOND - 1)).toBe(false);
    expect(taken(SECOND)).toBe(true);
    expect(taken(SECOND)).toBe(false);
  });

  it('holds no more than its burst, however long the client was silent', () => {
    const bucket = new TokenBucket(2);
    bucket.setInterval(SECOND);
    const now = 1_000_000 * SECOND;
    expect([now, now, now].map((at) => bucket.take(at))).toEqual([true, true, false]);
  });
});

describe('the watch over retrievals', () => {
  /** The warning about a client that retrieves five messages every second. */
  const watched = (
    perSecond: number,
    { seconds = 60, away = (_second: number): boolean => false, lost = 0 } = {},
  ): readonly (readonly [second: number, text: string])[] => {
    const watch = new SpoolWatch(5);
    const said: [number, string][] = [];
    let [waiting, shown] = [0, 0];
    for (let second = 1; second <= seconds; second++) {
      for (let i = 0; i < perSecond; i++) watch.arrived();
      waiting += perSecond;
      if (away(second)) continue;
      const taken = Math.max(0, shown - lost);
      waiting -= taken;
      const slow = watch.retrieved(second * SECOND, { taken, waiting });
      shown = Math.min(5, waiting);
      if (slow !== undefined) said.push([second, slowRetrievalText('client-12', slow)]);
    }
    return said;
  };

  it('says nothing while a client takes what arrives, and warns of one message a second more', () => {
    expect(watched(5, { seconds: 1_000 })).toEqual([]);
    const [first] = watched(6);
    expect(first?.[0]).toBeGreaterThan(20);
    expect(first?.[0]).toBeLessThan(40);
    expect(first?.[1]).toContain('client-12 retrieves 5/s, 6/s arrive');
    expect(first?.[1]).toContain('client.retrieve.interval');
  });

  it('says what the client took, where answers are lost', () => {
    expect(watched(5, { lost: 2 })[0]?.[1]).toContain('retrieves 3/s, 5/s arrive');
  });

  it('is not deceived by a client that was away and catches up', () => {
    const crash = (second: number): boolean => second > 30 && second < 50;
    expect(watched(4, { away: crash, seconds: 200 })).toEqual([]);
  });
});
