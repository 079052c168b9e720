/** Ten clients of 10 MB, as a multiple of what the machine does at that moment. */
import { expect, it } from 'vitest';
import { cpuTimeUs } from '../../bench/bench-result.ts';
import { calibrationLoop } from '../../engine/measure/calibration-loop.ts';
import { load, run } from '../unit/scenarios/runner/fixture.ts';

const STEPS = 10_000_000;
/** Steps per microsecond of the calibration loop for which the target holds. */
const REFERENCE_PACE = 100;
const TARGET_S = 10;

/** Seconds of processor for a round, whole run, on a machine of that pace. */
function seconds(): number {
  const scenario = load('federated-large.yaml', { 'stack.1.options.rounds': '1' });
  const loopUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const us = cpuTimeUs(() => {
    const exact = run(scenario).metrics['federated.exact'];
    expect(exact).toEqual({ kind: 'ratio', numerator: 1, denominator: 1 });
  });
  const loopAfterUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const pace = (2 * STEPS) / (loopUs + loopAfterUs);
  return (us / 1e6) * (pace / REFERENCE_PACE);
}

it('R-158: ten clients of 10 MB take less than 10 s, with all their messages', () => {
  // The best of three: other work on the machine disturbs a run, nothing makes it faster.
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && best >= TARGET_S; tries += 1) best = Math.min(best, seconds());
  expect(best).toBeLessThan(TARGET_S);
});
