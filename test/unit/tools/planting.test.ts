/**
 * The tests that a planted defect runs. Those of R-084 sent 100,000 requests to real sockets before
 * they tried what finds its defect in a second.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { testFilesForRequirement } from '../../../tools/mutants/planting.ts';
import { readRequirements } from '../../../tools/requirements/requirement-list.ts';
import { filesByRequirement } from '../../../tools/requirements/test-titles.ts';

const rows = readRequirements('docs/requirements.yaml').flatMap((section) => section.rows);
const row = rows.find(({ id }) => id === 'R-084')!;

describe('the tests of a requirement', () => {
  it('are run in the order of how long they may take', () => {
    const titled = [
      'test/a.slow.test.ts',
      'test/b.slow-wall.test.ts',
      'test/c.wall.test.ts',
      'test/d.test.ts',
      'test/e.reload.test.ts',
      'test/f.alone.test.ts',
      'test/g.test.ts',
    ];
    const files = testFilesForRequirement({ ...row, checks: [] }, titled).map(({ file }) => file);
    expect(files.map((file) => file[5]).join('')).toBe('dgecfba');
  });

  it('are none that need a browser, servers, a package or a night, and no suites', () => {
    const titled = ['browser', 'fleet', 'package', 'nightly'].map((one) => `test/a.${one}.test.ts`);
    expect(testFilesForRequirement({ ...row, checks: [] }, [...titled, 'test/a.suite.ts'])).toEqual(
      [],
    );
  });

  it('are those that name it, and those that it names, with their part', () => {
    const titled = filesByRequirement('.').get('R-084')!;
    const checks = [{ test: 'test/named.test.ts > a part' }];
    const files = testFilesForRequirement({ ...row, checks }, titled);
    expect(files).toContainEqual({ file: 'test/named.test.ts', part: 'a part' });
    expect(files[0]?.file).not.toMatch(/slow/);
    expect(files.at(-1)?.file).toMatch(/slow/);
  });
});
