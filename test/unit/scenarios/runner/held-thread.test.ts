/**
 * A handler that never returns, in a complete run. In the past, it prevented the signal that should
 * end the run from being handled.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { COMMAND_LINE } from '../../../command-line.ts';

const FIXTURE = fileURLToPath(new URL('../../../fixtures/crashing.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'orrery-held-'));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, 'net.yaml'),
  `name: net
nodes:
  - { name: alice, run: ${FIXTURE} }
  - { name: bob, run: ${FIXTURE}, options: { breaks: loop } }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`,
);
writeFileSync(
  join(folder, 'held.yaml'),
  `name: held
question: Does it end?
topology: ./net.yaml
duration: 200ms
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }
kpis: {}
`,
);

it('ends after one signal, names the node that holds the thread, and exits 3', async () => {
  const words = ['scenario', join(folder, 'held.yaml'), '--out', folder, '--no-trace'];
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
  expect(stderr).toContain('bob has held its thread for 5 s, in a call at 0.035');
  child.kill('SIGTERM');
  expect(await ended).toBe(3);
  expect(stderr).toContain('hangs: a call of bob at 0.035');
  expect(stderr).not.toContain('bug in orrery');
  expect(stderr).toContain('--seed 1');
}, 60_000);
