import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { goldenBytesOf, goldenFolders } from '../../../tools/golden/golden-bytes.ts';
import { staleGoldenNames, writeGolden } from '../../../tools/golden/golden-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-golden-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a comparison names what is other, new or gone, and writes nothing', () => {
  const path = join(folder, 'golden.json');
  const kept = { same: [{ seed: 1 }], other: [{ seed: 1 }], gone: 'ab' };
  expect(staleGoldenNames(path, kept)).toEqual(['same', 'other', 'gone']);
  writeGolden(path, kept);
  const text = readFileSync(path, 'utf8');
  expect(staleGoldenNames(path, kept)).toEqual([]);
  expect(staleGoldenNames(path, { same: [{ seed: 1 }], other: [{ seed: 2 }], added: '' })).toEqual([
    'other',
    'gone',
    'added',
  ]);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('reads the files of the repository as they were written', async () => {
  const [first = ''] = goldenFolders();
  expect(staleGoldenNames(join(first, 'golden-bytes.json'), await goldenBytesOf(first))).toEqual(
    [],
  );
});
