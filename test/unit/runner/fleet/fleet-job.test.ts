/** Answers of workers: what is one, and what only looks like one. */
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../runner/fleet/fleet-job.ts';
import type { SeedAnswer } from '../../../../runner/run/job.ts';

const FAILURES: readonly Exclude<SeedAnswer, { kind: 'result' }>[] = [
  { kind: 'refused', message: 'no memory' },
  { kind: 'scenario-error', file: 'a.yaml', line: 1, column: 2, message: 'no such link' },
  { kind: 'ended', ending: 'time-limit', seed: 1, message: 'too slow' },
  { kind: 'broken', message: 'bug', stack: 'at x' },
  {
    ...{ kind: 'broken', message: 'bug', stack: '' },
    crash: {
      ...{ by: 'protocol', protocol: 'mine', node: 'bob', how: 'threw', seed: 1, atNs: 35_000_000 },
      ...{ error: 'Error: my bug', stack: 'at y', events: [{ atNs: 0, text: 'created' }] },
      place: { file: 'm.ts', line: 9, column: 3, firstLine: 7, lines: ['a', 'b'], within: 'net' },
    },
  },
];

describe('an answer of a worker', () => {
  it.each(FAILURES.map((failure) => [failure.kind, failure] as const))(
    'tells of a run that is %s',
    (_, failure) => {
      expect(readAnswer({ kind: 'failed', failure })).toEqual({ kind: 'failed', failure });
    },
  );

  it.each<[string, unknown]>([
    [
      'which was a pass of 0 combinations',
      { kind: 'ended', ending: 'interrupted', seed: 1, message: '' },
    ],
    ['which was exit code 0', { kind: 'zzz' }],
    ['which was a bug', { kind: 'result' }],
    ['without its text', { kind: 'refused' }],
    ['with a text that is none', { kind: 'refused', message: 7 }],
    ['with a text without end', { kind: 'refused', message: 'x'.repeat(1_048_577) }],
    ['with something else', { kind: 'refused', message: '', code: 0 }],
    ['with half a crash', { kind: 'broken', message: '', stack: '', crash: { by: 'protocol' } }],
    ['that is nothing', null],
  ])('is none: a failure %s', (_, failure) => {
    expect(readAnswer({ kind: 'failed', failure })).toBeUndefined();
  });

  it('is none without a kind that is known', () => {
    expect(readAnswer({ kind: 'left' })).toBeUndefined();
    expect(readAnswer(undefined)).toBeUndefined();
  });
});
