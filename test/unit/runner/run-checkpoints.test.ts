import { expect, it } from 'vitest';
import { RunCheckpoints } from '../../../runner/experiment/run-checkpoints.ts';

const SLICE = 20_000_000;

it('takes the fingerprint at equal steps of virtual time, at most 256 and the drain', () => {
  const book = new RunCheckpoints({ durationNs: 60e9, drainNs: 1e9 }, SLICE);
  for (let at = SLICE; at <= 61e9; at += SLICE) {
    book.pass(at, { fingerprint: at.toString(16).padStart(16, '0') });
  }
  const { everyNs, digests } = book.checkpoints;
  expect(everyNs).toBe(240_000_000);
  expect(digests).toHaveLength(8 * Math.floor(61e9 / 240e6));
  expect(digests.slice(0, 8)).toBe((240e6).toString(16).padStart(16, '0').slice(0, 8));
});

it('takes every slice of a short run, and nothing at an end between two slices', () => {
  const book = new RunCheckpoints({ durationNs: 30_000_000, drainNs: 1e9 }, SLICE);
  book.pass(SLICE, { fingerprint: '00000001aaaaaaaa' });
  book.pass(30_000_000, { fingerprint: '00000002aaaaaaaa' });
  expect(book.checkpoints).toEqual({ everyNs: SLICE, digests: '00000001' });
});

it('takes no more than 256 steps of a drain that is longer than the run, and says when', () => {
  const book = new RunCheckpoints({ durationNs: 1e9, drainNs: 7_200e9 }, SLICE);
  let steps = 0;
  for (let at = book.nextAfter(0); at <= 7_201e9; at = book.nextAfter(at)) {
    book.pass(at, { fingerprint: '0123456789abcdef' });
    steps += 1;
  }
  expect(steps).toBeLessThanOrEqual(256);
  expect(steps).toBeGreaterThan(250);
  expect(book.checkpoints.digests).toHaveLength(8 * steps);
  expect(book.checkpoints.everyNs * steps).toBeGreaterThan(7_150e9);
});
