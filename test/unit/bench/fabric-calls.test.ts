/** The target of calls over gateways, as a multiple of what the machine does at that moment. */
import { describe, expect, it } from 'vitest';
import { cpuTimeUs } from '../../../bench/bench-result.ts';
import { GATEWAY } from '../../../bench/workloads/fabric-calls.ts';
import { calibrationLoop } from '../../../engine/measure/calibration-loop.ts';
import { counter, loadText, run } from '../scenarios/runner/fixture.ts';

const STEPS = 10_000_000;
/** Steps per microsecond of the calibration loop for which the target holds. */
const REFERENCE_PACE = 100;

/** Messages per second on a machine of that pace, a call being two. */
function messagesPerS(): number {
  const scenario = loadText(GATEWAY.replace('duration: 3s', 'duration: 2500ms'));
  let calls = 0;
  const loopUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const us = cpuTimeUs(() => {
    calls = counter(run(scenario), 'fabric.answered_calls');
  });
  const loopAfterUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const pace = (2 * STEPS) / (loopUs + loopAfterUs);
  return ((2 * calls) / us) * 1e6 * (REFERENCE_PACE / pace);
}

describe('calls of 1 kB over gateways, with all routers', () => {
  it('R-148: are more than 10,000 messages/s of one core in virtual time', () => {
    // The best of three: other work on the machine disturbs a run, nothing makes it faster.
    let best = 0;
    for (let tries = 0; tries < 3 && best <= 10_000; tries += 1) {
      best = Math.max(best, messagesPerS());
    }
    expect(best).toBeGreaterThan(10_000);
  });
});
