/**
 * The controllers compared with theory (docs/spec/multipath.md, "Time to leave a cut path"): the
 * distributions of reaction times for probes, reports and the reference gateway, with cuts at a
 * random phase.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { fakePath, MS, Wire } from './wire.ts';

/** Times from the cut to the switch over `n` cuts, sorted, ms. */
function reactions(mode: 'orrery' | 'reference', n: number): number[] {
  const phases = openRandomStream(7, 'theory', mode);
  const times: number[] = [];
  for (let i = 0; i < n; i += 1) {
    const wire = new Wire([fakePath('a', 20), fakePath('b', 20.5)], {}, mode, i);
    const cutAt = Math.floor((4_000 + phases.uniform() * 1_000) * MS);
    wire.runTo(cutAt);
    const active = wire.paths.find(({ info }) => info.id === wire.activeId);
    if (active !== undefined) active.isUp = false;
    // Longer than the slowest reaction, of 1.75 s.
    wire.runTo(cutAt + 2_000 * MS);
    const [left] = wire.switches(cutAt);
    times.push(((left?.atNs ?? Number.POSITIVE_INFINITY) - cutAt) / MS);
  }
  return times.sort((a, b) => a - b);
}

const rank = (sorted: readonly number[], p: number): number =>
  sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN;

it('probes of 50 ms x 3 at RTT 20 ms react between 105 and 175 ms, uniformly', () => {
  // The whole path is cut. Probes sent up to one RTT before the cut are lost, so the range is [2 x
  // 50 + 25 - 20, 3 x 50 + 25], uniform over one interval.
  const times = reactions('orrery', 400);
  expect(rank(times, 0)).toBeNaN();
  expect(times[0]).toBeGreaterThan(104);
  expect(rank(times, 0.5)).toBeGreaterThan(120);
  expect(rank(times, 0.5)).toBeLessThan(140);
  expect(rank(times, 0.95)).toBeLessThan(168);
});

it('the reference rules react as derived: p50 1.38 s, p95 1.64 s, at most 1.75 s', () => {
  const times = reactions('reference', 400);
  expect(rank(times, 0.5)).toBeGreaterThan(1_280);
  expect(rank(times, 0.5)).toBeLessThan(1_460);
  expect(rank(times, 0.95)).toBeGreaterThan(1_550);
  expect(rank(times, 0.95)).toBeLessThan(1_720);
  expect(rank(times, 1)).toBeLessThanOrEqual(1_770);
});
