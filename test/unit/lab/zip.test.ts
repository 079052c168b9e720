/** The archive that the Lab offers is one that others open; and seeds are read as they are written. @module */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSeeds, writeSeeds } from '../../../lab/page/seed-list.ts';
import { storedZip } from '../../../lab/page/zip.ts';

it('is an archive that Python tests without a complaint and unpacks to the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-zip-'));
  const files = new Map([
    ['failover.yaml', new TextEncoder().encode('name: Ω\n')],
    ['topologies/é.yaml', new Uint8Array(70_000).map((_, at) => at)],
    ['empty', new Uint8Array()],
  ]);
  try {
    writeFileSync(join(folder, 'a.zip'), storedZip(files));
    const words = [
      '-c',
      'import zipfile; z = zipfile.ZipFile("a.zip"); assert z.testzip() is None; z.extractall(".")',
    ];
    const { status, stderr } = spawnSync('python3', words, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    for (const [name, bytes] of files) {
      expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(bytes);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each([
  ['', null],
  ['7', [7]],
  ['1-3, 9', [1, 2, 3, 9]],
  ['2,2 , 1', [2, 1]],
])('reads the seeds %j, and reads again what it writes', (text, seeds) => {
  expect(readSeeds(text)).toEqual(seeds);
  expect(readSeeds(writeSeeds(seeds))).toEqual(seeds);
});

it.each(['a', '3-1', '1-', '-1', '1.5', '0-1000', '99999999999999999999'])(
  'says that %j are no seeds',
  (text) => {
    expect(readSeeds(text)).toHaveProperty('mistake');
  },
);
