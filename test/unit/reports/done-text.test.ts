import { describe, expect, it } from 'vitest';
import { axisEndNs, runCompletionText } from '../../../reports/done-text.ts';
import type { Report } from '../../../reports/report-schema.ts';

type Seed = Report['perSeed'][number];

const done = (seconds: number): Seed =>
  ({ seed: 1, virtualSeconds: seconds, done: { by: 'done', atNs: seconds * 1e9 } }) as Seed;
const late = {
  seed: 2,
  virtualSeconds: 60,
  done: { by: 'duration', unfinished: ['b bulk'] },
} as unknown as Seed;

function report(...perSeed: Seed[]): Pick<Report, 'perSeed' | 'scenario'> {
  return { perSeed, scenario: { durationNs: 60e9 } as Report['scenario'] };
}

describe('a run that ends when its work is done', () => {
  it('has time axes to where the last seed ended, and others to the duration', () => {
    expect(axisEndNs(report(done(6.9), done(8.1)))).toBe(8.1e9);
    expect(axisEndNs(report(done(6.9), late))).toBe(60e9);
    expect(axisEndNs(report({ seed: 1, virtualSeconds: 60 } as Seed))).toBe(60e9);
    expect(axisEndNs(report())).toBe(60e9);
  });

  it('says in words what ended it', () => {
    expect(runCompletionText(report(done(6.9), done(8.1)))).toBe(
      'done at 6.9 to 8.1 s of at most 60 s',
    );
    expect(runCompletionText(report(done(6.9), late))).toBe(
      'done in 1 of 2 seeds within 60 s, seed 2: b bulk unfinished',
    );
    expect(runCompletionText(report({ seed: 1, virtualSeconds: 60 } as Seed))).toBeUndefined();
  });
});
