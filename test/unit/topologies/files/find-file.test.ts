/**
 * The message for a name that does not belong to a file.
 *
 * @module
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nodeFiles } from '../../../../scenarios/open/node-files.ts';
import { findFile } from '../../../../topologies/files/find-file.ts';
import { readText } from '../../../../topologies/files/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-find-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'full'));
mkdirSync(join(folder, 'more'));
mkdirSync(join(folder, 'empty'));
writeFileSync(join(folder, 'more/a.yaml'), '');
writeFileSync(join(folder, 'more/notes.txt'), '');
writeFileSync(join(folder, 'full.yaml'), '');

const find = (name: string): ReturnType<typeof findFile> =>
  findFile(name, { files: nodeFiles, folders: [folder], labels: ['.'] });

it('a folder was told as "not found": it is named, with the files in it', () => {
  expect(find('more')).toEqual({
    message: '"more" is a folder, a file is needed',
    hint: 'files in it: a.yaml',
  });
  expect(find('empty')).toEqual({
    message: '"empty" is a folder, a file is needed',
    hint: 'no YAML or JSON file is in it',
  });
  expect(find('.')).toMatchObject({ message: '"." is a folder, a file is needed' });
});

it('a file of that name with its ending left out goes first', () => {
  expect(find('full')).toEqual({ path: join(folder, 'full.yaml') });
});

it('a file without an ending was "not found": its whole name goes first', () => {
  writeFileSync(join(folder, 'plan'), '');
  writeFileSync(join(folder, 'plan.yaml'), '');
  expect(find('plan')).toEqual({ path: join(folder, 'plan') });
  expect(find(join(folder, 'plan'))).toEqual({ path: join(folder, 'plan') });
});

it('what is not there is not found', () => {
  expect(find('ful.yaml')).toEqual({
    message: '"ful.yaml" not found in ./',
    hint: 'did you mean full.yaml?',
  });
});

it('a file was read without limit if its size is 0, as that of all in /proc is', (context) => {
  const path = '/proc/kallsyms';
  if (!existsSync(path)) context.skip('this system has no /proc/kallsyms');
  const read = (): unknown =>
    readText(path, { files: nodeFiles, limitBytes: 1_000, tooLargeHint: 'none' });
  expect(read).toThrow(/the limit is 1000 B/);
});
