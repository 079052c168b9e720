/** Reports that people name for `compare` and `--baseline`: what is none is refused before it is read. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReportFile } from '../../../cli/report-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-reports-'));
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'large'), '');
  // More than a text can have; without its blocks.
  truncateSync(join(folder, 'large'), 700e6);
  writeFileSync(join(folder, 'deep'), `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a report', () => {
  it.each([
    ['pipe', 'was waited for without end', /pipe is no file/],
    ['folder', 'was a bug of ours', /folder is no file/],
    ['large', 'was a bug of ours', /large is 700 MB, the limit is 256 MB/],
    ['deep', 'of another shape', /deep: no schemaVersion/],
    ['none', 'that is not there', /--baseline: .*none not found/],
  ])('that is a %s %s', (name, _, said) => {
    const words = { found: name, what: '--baseline: ', hint: 'give the report.json of a run' };
    expect(() => readReportFile(join(folder, name), words)).toThrow(said);
  });
});
