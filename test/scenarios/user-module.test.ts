/**
 * A protocol from outside the package, which a topology names by its path.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMAND_LINE } from '../command-line.ts';

const PING = new URL('../../nodes/ping/index.ts', import.meta.url).href;

const SCENARIO = `
name: mine
topology:
  name: two
  nodes:
    - { name: a, run: ./protocol/index.ts }
    - { name: b, run: ./protocol/index.ts }
  links:
    - { ends: a <-> b, rate: 10Mbit/s, delay: 5ms }
duration: 3s
warmup: 1s
traffic:
  - { from: a, to: b, kind: constant, rate: 50/s, size: 100B }
kpis:
  mine.delivery: { value: ">= 99%" }
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-user-'));
  mkdirSync(join(folder, 'protocol'));
  writeFileSync(join(folder, 'scenario.yaml'), SCENARIO);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(module: string): { status: number | null; stdout: string; stderr: string } {
  writeFileSync(join(folder, 'protocol', 'index.ts'), module);
  const words = ['scenario', join(folder, 'scenario.yaml'), '-q', '--out', join(folder, 'runs')];
  return spawnSync(process.execPath, [COMMAND_LINE, ...words], { encoding: 'utf8' });
}

it('runs a TypeScript module of the user in the worker thread, with its own metrics', () => {
  const text = `import { protocol as ping } from '${PING}';
const name: string = 'mine';
export const protocol = { ...ping, name };
`;
  const { status, stdout } = run(text);
  expect(stdout).toMatch(/^PASS {2}mine {3}1 of 1 KPI met/);
  expect(status).toBe(0);
});

it.each(['module', 'commonjs'])('there was a second engine in a user’s %s: it has ours', (type) => {
  const assertAt = new URL('../../engine/core/assert.ts', import.meta.url).href;
  const text = `import { protocol as ping } from '${PING}';
import { assert } from '${assertAt}';
const loaded: Map<string, any> = (globalThis as any)[Symbol.for('orrery.modules')];
if (loaded.get('${PING}').protocol !== ping) throw new Error('another ping');
if (loaded.get('${assertAt}').assert !== assert) throw new Error('another assert');
export const protocol = { ...ping, name: 'mine' };
`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  try {
    const { status, stdout, stderr } = run(text);
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toMatch(/^PASS {2}mine {3}1 of 1 KPI met/);
  } finally {
    rmSync(join(folder, 'package.json'));
  }
});

it('says in one line what is wrong with a module, and exits with 2', () => {
  const { status, stderr } = run('export const something = 1;\n');
  expect(stderr).toContain('protocol/index.ts: exports no `protocol`');
  expect(status).toBe(2);
});
