/**
 * The defects that requirements name can be planted: their text occurs once in the product, wherever it has moved.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import {
  pathsContaining,
  productFiles,
  testFilesForRequirement,
} from '../../tools/mutants/planting.ts';
import { readRequirements } from '../../tools/requirements/requirement-list.ts';
import { filesByRequirement } from '../../tools/requirements/test-titles.ts';
import { ROOT } from './files.ts';

const rows = readRequirements(join(ROOT, 'docs/requirements.yaml')).flatMap((one) => one.rows);
const planned = rows.filter(({ defects }) => defects.length > 0);

describe('the planted defects of requirements', () => {
  it('are named by each that is due or green, or it says what nothing shows yet', () => {
    const green =
      readFileSync(join(ROOT, 'docs/REQUIREMENTS.md'), 'utf8').match(
        /^\| R-\d{3} (?=.*\| green[^|]*\|$)/gm,
      ) ?? [];
    const shown = green.map((row) => row.slice(2, 7));
    const without = rows.filter(({ defects, open }) => defects.length === 0 && open === undefined);
    expect(
      without.filter(({ id, due }) => due === true || shown.includes(id)).map(({ id }) => id),
    ).toEqual([]);
  });

  it('have a text that occurs once in the product', () => {
    const files = productFiles(ROOT);
    const lost = planned.flatMap(({ id, defects }) =>
      defects.flatMap(({ text }) => {
        const places = pathsContaining(text, files);
        return places.length === 1 ? [] : [`${id}: ${places.length} places of ${text} ${places}`];
      }),
    );
    expect(files.size).toBeGreaterThan(500);
    expect(lost).toEqual([]);
  });

  it('leave a file that can be read, or no test runs and none finds it', () => {
    const files = productFiles(ROOT);
    const broken = planned.flatMap(({ id, defects }) =>
      defects.flatMap(({ text, becomes }) => {
        const [path = ''] = pathsContaining(text, files);
        if (!path.endsWith('.ts')) return [];
        const planted = (files.get(path) ?? '').replace(text, () => becomes);
        try {
          transformSync(planted, { loader: 'ts', logLevel: 'silent' });
          return [];
        } catch (error) {
          return [`${id}: ${becomes}\n${String(error)}`];
        }
      }),
    );
    expect(broken).toEqual([]);
  });

  it('belong to a requirement that a test without a browser, servers or a package shows', () => {
    const titled = filesByRequirement(ROOT);
    const idle = planned
      .filter((row) => testFilesForRequirement(row, titled.get(row.id) ?? []).length === 0)
      .filter(({ checks }) => !checks.some((check) => 'kpi' in check));
    expect(idle.map(({ id }) => id)).toEqual([]);
  });
});
