/** The stored fingerprints of all seeds except the first, which golden.test.ts runs. */
import { expect, it } from 'vitest';
import { GOLDEN_RUNS, runGolden } from '../../tools/golden/golden-runs.ts';
import { movedFrom } from './kept-fingerprints.ts';

it.each(Object.entries(GOLDEN_RUNS))(
  'fingerprints of %s with its further seeds are those that are kept',
  (name, run) => {
    expect(movedFrom(name, run, runGolden({ ...run, seeds: run.seeds.slice(1) }))).toBe('');
  },
);
