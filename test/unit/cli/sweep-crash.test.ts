/** A protocol that breaks in some combinations of a sweep. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import { sweepCard } from '../../../viz/server/sweep-card.ts';
import { COMMAND_LINE } from '../../command-line.ts';
import { crashingRun, lineOf } from '../runner/crash/crashing-run.ts';

const SWEEP = `sweep: { topology.nodes.1.options.breaks: [never, throws, fixed, exit] }
`;
const { folder, file, remove } = crashingRun('never', SWEEP);
const ALL = 'sweep: { traffic.0.rate: [100/s, 200/s] }\n';
const broken = crashingRun('throws', ALL);
afterAll(() => {
  remove();
  broken.remove();
});

function sweep(of: { readonly file: string; readonly folder: string }): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const limit = ['--set', 'kpis.crashing.delivery.ratio=>= 50%'];
  const words = [COMMAND_LINE, 'sweep', of.file, ...limit, '--out', of.folder, '--threads', '1'];
  const env = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
  return spawnSync(process.execPath, words, { encoding: 'utf8', env });
}

function placeIn(out: string): string {
  return join(out, 'crash', readdirSync(join(out, 'crash'))[0] ?? '');
}

it('was a sweep in which all combinations were met: the one that broke was missing', () => {
  const { status, stdout, stderr } = sweep({ file, folder });
  expect(status, stderr).toBe(6);
  // What a single run prints, with the command that repeats this combination.
  expect(stderr).toContain('Protocol crashing crashed: bob threw at 0.035');
  expect(stderr).toContain(`test/fixtures/crashing.ts:${lineOf("new Error('my bug')")}:11`);
  expect(stderr).toMatch(/repeat it: .* --set "?topology\.nodes\.1\.options\.breaks=throws/);
  expect(stderr).not.toContain('bug in orrery');
  // A thread that a node ended took the whole sweep with it, as a bug of orrery.
  expect(stderr).toContain('Protocol crashing crashed: bob threw at 0.035');
  expect(stderr).toContain('  its thread ended (worker exited with code: 0)\n');
  // The other two ran.
  expect(stdout).toMatch(/^FAIL {2}crash {3}2 of 4 combinations met, 2 broke /);
  expect(stdout).toMatch(/✗ +throws +broke\n/);

  const place = placeIn(folder);
  const text = readFileSync(join(place, 'sweep.json'), 'utf8');
  const { rows } = JSON.parse(text) as SweepResult;
  expect(rows.map(({ pass, broke }) => [pass, broke])).toEqual([
    [true, undefined],
    [false, 'bob: my bug'],
    [true, undefined],
    [false, 'bob: its thread ended (worker exited with code: 0)'],
  ]);
  expect(readFileSync(join(place, 'sweep.md'), 'utf8')).toMatch(/^### ❌ crash: 2 of 4/);
  expect(readFileSync(join(place, 'sweep.html'), 'utf8')).toContain('FAIL crash');
  expect(sweepCard(text, { id: 'a', writtenMs: 0, kept: [] })).toMatchObject({ met: 2, total: 4 });
});

it('had no word `broke` in the table if no combination had a result', () => {
  const { status, stdout, stderr } = sweep(broken);
  expect(status, stderr).toBe(6);
  expect(stdout).toMatch(/^FAIL {2}crash {3}0 of 2 combinations met, 2 broke /);
  const table = '\n      rate  result\n  ✗  100/s   broke\n  ✗  200/s   broke\n';
  expect(stdout).toContain(table);
  const text = (name: string): string => readFileSync(join(placeIn(broken.folder), name), 'utf8');
  expect(text('sweep.md')).toContain('| ✗ | 100/s | broke |');
  expect(text('sweep.html').match(/>broke<\/td>/g)).toHaveLength(2);
});
