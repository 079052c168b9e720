/**
 * A handler that never returns, in a complete run. In the past, it prevented the signal that should
 * end the run from being handled.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { COMMAND_LINE } from '../../command-line.ts';
import { crashingRun, lineOf } from './crash/crashing-run.ts';

const { folder, file, remove } = crashingRun('loop');
afterAll(remove);

it('ends after one signal, names node, file and line that hold the thread, and exits 6', async () => {
  const words = ['scenario', file, '--out', folder, '--no-trace'];
  const child = spawn(process.execPath, [COMMAND_LINE, ...words]);
  let stderr = '';
  const held = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('has held its thread')) resolve();
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await held;
  const place = `test/fixtures/crashing.ts:${lineOf('  loop: () =>') + 1}`;
  expect(stderr).toMatch(
    new RegExp(
      `bob has held its thread for \\d s, in a call at 0.035\\d+ s \\(seed 1\\): ${place}`,
    ),
  );
  child.kill('SIGTERM');
  expect(await ended).toBe(6);
  expect(stderr).toContain('hangs: a call of bob at 0.035');
  expect(stderr).toContain(`  ${place}:5\n`);
  expect(stderr).not.toContain('bug in orrery');
  expect(stderr).toContain('--seed 1');
}, 60_000);
