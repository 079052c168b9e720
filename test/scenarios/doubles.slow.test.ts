/**
 * Every limit of every shipped scenario can fail: for each there is a defect (a shipped option or
 * an override of the network) that turns it red, while the same run without the defect is green.
 * The runs are short, slow versions of the shipped ones. Each commit tries a third of the rows, of those that
 * take long a sixth; doubles.nightly.test.ts tries all.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folders, load } from '../unit/runner/fixture.ts';
import { isFederated, isTried, ROWS, testDoubles } from './test-doubles.ts';

describe('defective doubles', () => {
  it('exist for every limit of every shipped scenario; a new limit needs a defect in doubles/', () => {
    // Defects for emulated scenarios are in test/emulate, because they need the wall clock.
    const files = readdirSync(folders.scenarios).filter(
      (name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name),
    );
    expect(ROWS.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { file, doubles } of ROWS) {
      const covered = new Set(Object.values(doubles).flatMap(({ red }) => red));
      const limits = load(file).kpis.map(
        ({ metric, aggregation, comparison }) => `${metric} ${aggregation} ${comparison}`,
      );
      expect({ file, limits: [...covered].sort() }).toEqual({ file, limits: limits.sort() });
    }
  });

  testDoubles((row) => !isFederated(row) && isTried(row));
});
