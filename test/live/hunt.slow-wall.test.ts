/** A hunt in real time, as a user's shell sees it. @module */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const own = mkdtempSync(join(tmpdir(), 'orrery-hunt-live-'));
afterAll(() => rmSync(own, { recursive: true }));
const SCENARIO = join(own, 'receipt.yaml');

/** The example protocol, which recovers at once and breaks when a message must be repeated. */
beforeAll(() => {
  const source = readFileSync(join(root, 'test/fixtures/receipt/index.ts'), 'utf8')
    .replace("'../../../engine", `'${root}engine`)
    .replace("from 'zod'", `from '${root}node_modules/zod/index.js'`)
    .replace('if (tries === TRIES_MAX)', "if (tries === 1) throw new Error('gives up');\n    $&")
    .replace('withinSeconds: 3', 'withinSeconds: 0.5');
  writeFileSync(join(own, 'index.ts'), source);
  writeFileSync(
    SCENARIO,
    `name: receipt
question: Does every message arrive?
topology:
  name: two
  nodes: [{ name: alice, run: datagram }, { name: bob, run: datagram }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms, mtu: 1500B }]
duration: 2s
stack: [{ on: "*", run: ./index.ts, options: { repeat: 400 } }]
traffic: [{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }]
kpis: { receipt.delivery: { value: ">= 99%" } }
`,
  );
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function hunt(...flags: readonly string[]): Ended {
  const words = ['hunt', SCENARIO, '--out', own, '--attempts', '16', ...flags];
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...words], {
    cwd: root,
    env: { ...process.env, CI: '', NO_COLOR: '1', FORCE_COLOR: undefined },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('orrery hunt --live', () => {
  it('shows what virtual time found as processes, by the same name and twice', () => {
    const name = /^BROKEN {2}receipt {2}crash {2}receipt index\.ts:\d+$/m;
    const early = hunt('--live');
    expect([early.status, early.stderr]).toEqual([
      2,
      expect.stringContaining('hunt without --live first'),
    ]);
    const found = hunt();
    expect([found.status, found.stdout]).toEqual([1, expect.stringMatching(name)]);
    const live = hunt('--live', '--attempts', '2');
    expect(live.stdout).toMatch(name);
    expect(live.stdout).toContain('alice: gives up\n');
    expect(live.stdout).toMatch(/ in 2 of 2 runs: npm run live .*shown\.yaml -- --processes\n/);
    expect(live.stdout).toMatch(/^receipt: \d+ of \d+ profiles run as processes; 1 broken$/m);
    expect(live.status).toBe(1);
  });
});
