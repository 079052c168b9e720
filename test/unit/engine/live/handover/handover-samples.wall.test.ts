/**
 * Which datagrams are sampled, and what is recorded about them.
 *
 * @module
 */
import { expect, it } from 'vitest';
import {
  DatagramTimings,
  NOT_SAMPLED,
  SAMPLE_ROW_LENGTH,
} from '../../../../../engine/live/handover/handover-samples.ts';
import { isSampled, readTailTag } from '../../../../../engine/live/handover/tail-sample.ts';
import { randomBytes } from './bytes.ts';

const ONE_IN_64 = 63;

it('chooses about one datagram in 64, by its last eight bytes alone', () => {
  const datagrams = Array.from({ length: 20_000 }, (_, i) => randomBytes(200, i));
  const chosen = datagrams.filter((bytes) => isSampled(bytes, ONE_IN_64));
  // Binomial with an expected value of 312 and a standard deviation of 17.5.
  expect(chosen.length).toBeGreaterThan(225);
  expect(chosen.length).toBeLessThan(400);
  for (const bytes of chosen) {
    const rewritten = bytes.slice();
    rewritten.fill(0, 0, 192);
    expect(isSampled(rewritten, ONE_IN_64)).toBe(true);
    expect(readTailTag(rewritten)).toBe(readTailTag(bytes));
  }
  expect(new Set(chosen.map(readTailTag)).size).toBe(chosen.length);
});

it('tells every single byte of the tail apart, and takes short and empty datagrams', () => {
  const bytes = randomBytes(8, 1);
  const tags = new Set([readTailTag(bytes)]);
  for (let at = 0; at < 8; at += 1) {
    const other = bytes.slice();
    other[at] = (other[at] as number) ^ 1;
    tags.add(readTailTag(other));
  }
  expect(tags.size).toBe(9);
  const short = [0, 1, 3, 7].map((length) => new Uint8Array(length));
  expect(short.every((one) => isSampled(one, 0))).toBe(true);
  expect(new Set(short.map(readTailTag)).size).toBe(4);
  for (const tag of [...tags, ...short.map(readTailTag)])
    expect(Number.isSafeInteger(tag)).toBe(true);
});

it('follows nothing before the scenario begins, and writes its time', () => {
  const samples = new DatagramTimings({ now: () => 1_700 });
  const bytes = randomBytes(64, 2);
  expect(samples.follows(bytes)).toBe(false);
  samples.begin(1_000, 0);
  expect(samples.follows(bytes)).toBe(true);
  samples.left(bytes, { from: 3, to: 4 }, { offeredNs: 1_100, dueNs: 1_500, writtenNs: 1_600 });
  samples.taken(bytes, { from: undefined, to: 4 });
  const { rows, untold } = samples.take();
  const tag = readTailTag(bytes);
  expect([...rows]).toEqual([0, tag, 3, 4, 100, 500, 600, 1, tag, -1, 4, 700, -1_000, -1_000]);
  expect(untold).toBe(0);
  expect(samples.current).toBe(tag);
  expect(samples.take().rows).toHaveLength(0);
});

it('is bounded between two looks, and counts what finds no room', () => {
  const samples = new DatagramTimings({ now: () => 0 });
  expect(samples.current).toBe(NOT_SAMPLED);
  samples.begin(0, 0);
  for (let i = 0; i < 20_000; i += 1) samples.taken(randomBytes(8, i), { from: 0, to: 1 });
  const { rows, untold } = samples.take();
  expect(rows.length / SAMPLE_ROW_LENGTH).toBe(16_384);
  expect(untold).toBe(20_000 - 16_384);
});
