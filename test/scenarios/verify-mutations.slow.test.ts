/**
 * The verification suite must be able to fail: each wrong engine of docs/VERIFICATION.md fails the
 * named checks and none of the other checks that it runs.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from '../../runner/verify/mutations.ts';
import { CHECKS, runSuite } from '../../runner/verify/suite.ts';

/** Checks that take milliseconds and therefore run on every wrong engine. */
const EXACT = ['1', '2', '12', '14'];

describe('a wrong engine turns its checks red', () => {
  it.each(MUTATIONS)('$name: $mistake', (mutation) => {
    const { red, alsoRed = [], green = [], onlyMeasures = {}, defects } = mutation;
    const expected = new Set([...red, ...alsoRed]);
    const shown = new Set([...EXACT, ...expected, ...green]);
    const checks = CHECKS.filter(({ id }) => shown.has(id));
    expect(checks.length).toBe(shown.size);
    const verdicts = runSuite({ checks, seeds: [1], defects });
    const failing = verdicts.filter(({ isGreen }) => !isGreen);
    expect(failing.map(({ id }) => id)).toEqual(
      checks.map(({ id }) => id).filter((id) => expected.has(id)),
    );
    for (const { id, measures } of failing) {
      const labels = measures.filter(({ isGreen }) => !isGreen).map(({ label }) => label);
      expect(labels.length).toBeGreaterThan(0);
      const only = onlyMeasures[id];
      if (only !== undefined) expect(labels).toEqual(only);
    }
  });

  it('holds every mistake of the table in the specification', () => {
    const named = MUTATIONS.map(({ name, red }) => `${name}: ${red.join(' ')}`);
    expect(named).toEqual([
      'header-not-counted: 1 2 F1',
      'rounded-to-microseconds: 1 2',
      'propagation-twice: 1',
      'queue-one-more: 5',
      'queue-one-less: 5',
      'lifo: 2 8b',
      'preemptive: 9',
      'larger-sizes: 3',
      'coarse-loss: 10',
      'eager-gilbert: 11',
      'shared-stream: 17',
      'clamped-jitter: 13',
      'duplicate-offered: 16',
      'late-timer: 1 2 12',
      'down-from-detection: 20',
      'core-turned: 21',
      'access-not-shared: 21',
      'short-delays: P1 P8 P10 P16',
      'uniform-delays: P10',
      'cascades: P1 P4',
      'corrupt-trusted: P2 P16',
      'weights-ignored: P16',
      'pool-one-less: P9',
      'immune-loops: P12',
      'cover-for-alice: P11',
      'relays-spread: D1',
      'late-contacts: D2',
      'more-loss: D3',
      'bundles-swallowed: D4',
      'bundles-swapped: D4',
      'volumes-forgotten: D5',
      'shorter-range: D6',
      'sprays-flood: D7',
      'work-free: F1',
      'fast-recovery: S1',
      'every-other-round: S1 S2',
    ]);
  });
});
