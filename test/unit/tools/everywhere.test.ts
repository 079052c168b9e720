/** @module */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDefectsEverywhere } from '../../../tools/mutants/everywhere.ts';
import { pathsContaining, productFiles } from '../../../tools/mutants/planting.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Folders whose parts each have a defect of their own. */
const PARTED = ['engine', 'nodes', 'viz'];
/** Not the product, or types only. */
const NOT_ASKED = ['bench', 'tools', 'docs', 'engine/host'];

const defects = readDefectsEverywhere(ROOT);
const files = productFiles(ROOT);

describe('the defects of everywhere.yaml', () => {
  it('are sixty and one of each of four later folders, each of a text of its own that it changes and that occurs once', () => {
    const wrong = defects.filter(
      ({ text, becomes }) => pathsContaining(text, files).length !== 1 || text === becomes,
    );
    expect(wrong).toEqual([]);
    expect(new Set(defects.map(({ text }) => text)).size).toBe(64);
  });

  it('are in every folder of the product', () => {
    const hit = defects.flatMap(({ text }) => pathsContaining(text, files));
    const folders = new Set([...files.keys()].map((path) => path.split('/')[0] as string));
    const parts = PARTED.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${folder}/${name}`),
    );
    const missed = [...folders, ...parts].filter(
      (folder) => !hit.some((path) => path.startsWith(`${folder}/`)),
    );
    expect(missed).toEqual(NOT_ASKED);
  });
});
