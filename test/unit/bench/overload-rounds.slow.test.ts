/**
 * The rounds of `npm run bench -- overload` in virtual time: nine seconds with up to three times
 * the load that can be carried.
 */
import { expect, it } from 'vitest';
import {
  figuresOf,
  rounds,
  roundsOf,
  withPhases,
} from '../../../bench/workloads/overload-phases.ts';
import { load, run } from '../runner/fixture.ts';

const SECOND = 1_000_000_000;

it('measures each multiple of the knee three times, in turn', () => {
  const phases = rounds(8_000, SECOND);
  expect(phases.map(({ rate }) => rate)).toEqual([
    8_000, 12_000, 24_000, 8_000, 12_000, 24_000, 8_000, 12_000, 24_000,
  ]);
  const { series } = run(withPhases(load('overload.yaml'), phases));
  const figures = figuresOf(phases, series);
  for (const [at, once, thrice] of roundsOf(figures)) {
    for (const over of [once, thrice]) {
      const ratio = (over?.goodput ?? 0) / (at?.goodput ?? 0);
      expect(ratio).toBeGreaterThanOrEqual(0.85);
      expect(ratio).toBeLessThanOrEqual(1.25);
      expect(over?.p95NsMost).toBeLessThanOrEqual(250_000_000);
      // Accepted packets wait a little longer than at the knee.
      expect(over?.p95NsMost).toBeGreaterThan(15_000_000);
    }
  }
});
