/**
 * A node that computes without end by the wall clock: it kept the process from handling the signal that was
 * to end it. How long the end takes is judged by how long the start of the same command took.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TERMINATION_GRACE_MS } from '../../runner/threads/seed-watch.ts';
import { DRAIN_DEADLINE_MS } from '../../services/operator/index.ts';
import { freePort } from '../../tools/free-port.ts';
import { HOLDS } from '../fixtures/crashing.ts';
import { FIXTURE, lineOf } from '../unit/runner/crash/crashing-run.ts';
import { blockOf, cleanUp, folder, onlyRun, orrery, type Started, write } from './support.ts';

afterAll(cleanUp);

const PLACE = `test/fixtures/crashing.ts:${lineOf('writeSync(2') + 1}`;

const files = (name: string, number: number): string => {
  // A second attempt finds the folder of the first.
  mkdirSync(join(folder, name), { recursive: true });
  const block = blockOf(number);
  write(
    `${name}/net.yaml`,
    `
name: net
nodes:
  - { name: alice, run: ${FIXTURE}, address: BLOCK.1 }
  - { name: bob, run: ${FIXTURE}, options: { breaks: hold }, address: BLOCK.2 }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`,
    block,
  );
  return write(
    `${name}/held.yaml`,
    `
name: held
question: Does it end?
topology: net.yaml
duration: 60s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }
kpis: {}
`,
    block,
  );
};

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** From the signal to the end, ms. */
async function terminated(run: Started): Promise<{ readonly code: number | null; ms: number }> {
  const atMs = performance.now();
  run.child.kill('SIGTERM');
  const code = await run.ended;
  return { code, ms: performance.now() - atMs };
}

/** Time to end beyond the time that is granted: less than the start took, or a second. */
const besides = (startMs: number): number => Math.max(1_000, startMs);

describe.each([
  ['live', 41],
  ['emulate', 43],
] as const)('orrery %s with a node that computes without end', (command, number) => {
  it.each([
    ['at once', 0],
    ['after 3 s', 3_000],
  ])('ended after a signal %s only when it was killed', async (when, ms) => {
    const name = `${command}-${ms}`;
    const file = files(name, number + (ms === 0 ? 0 : 1));
    const out = join(folder, name, 'out');
    const atMs = performance.now();
    const run = orrery(command, file, '--out', out, '--no-trace');
    await run.says(HOLDS);
    const startMs = performance.now() - atMs;
    await later(ms);
    const end = await terminated(run);
    process.stdout.write(`${command}, ${when}: start ${startMs} ms, end ${end.ms} ms\n`);
    expect(end.code, run.stderr()).toBe(6);
    expect(end.ms).toBeGreaterThan(TERMINATION_GRACE_MS - 100);
    expect(end.ms).toBeLessThan(TERMINATION_GRACE_MS + besides(startMs));
    const said = run.stderr();
    expect(said).toMatch(new RegExp(`bob has held its thread for \\d s, .*${PLACE}`));
    expect(said).toMatch(/hangs: a call of bob at\s[\d.]+\ss/);
    expect(said).toContain(`${PLACE}:5`);
    expect(said).not.toContain('bug in orrery');
    const junit = readFileSync(join(onlyRun(join(out, 'held')), 'junit.xml'), 'utf8');
    expect(junit).toContain('a call of bob did not return</error>');
    // Stores of nodes lie there.
    expect(readdirSync(folder).filter((entry) => entry.startsWith('orrery-live-'))).toEqual([]);
  });
});

describe('orrery node with a node that computes without end', () => {
  it.each([
    ['at once', 0],
    ['after 3 s', 3_000],
  ])('ended after a signal %s only when it was killed', async (when, ms) => {
    const name = `node-${ms}`;
    const file = files(name, ms === 0 ? 45 : 46);
    const topology = join(folder, name, 'net.yaml');
    const keys = orrery('node', topology, '--new-keys', join(folder, name, 'keys'));
    expect(await keys.ended, keys.stderr()).toBe(0);
    const deployment = write(
      `${name}/deployment.yaml`,
      `coordinator: 127.0.0.1:${await freePort()}\nkeys: keys\n`,
      '',
    );
    const flags = ['--deployment', deployment];
    const out = join(folder, name, 'out');
    const live = orrery('live', file, ...flags, '--out', out, '--no-trace');
    await live.says('waits at');
    const atMs = performance.now();
    const nodes = ['alice', 'bob'].map((node) => orrery('node', topology, node, ...flags));
    const [alice, bob] = nodes as [Started, Started];
    await bob.says(HOLDS);
    const startMs = performance.now() - atMs;
    await later(ms);
    const end = await terminated(bob);
    process.stdout.write(`node, ${when}: start ${startMs} ms, end ${end.ms} ms\n`);
    expect(end.code, bob.stderr()).toBe(1);
    expect(end.ms).toBeGreaterThan(DRAIN_DEADLINE_MS);
    expect(end.ms).toBeLessThan(DRAIN_DEADLINE_MS + besides(startMs));
    expect(bob.stderr()).toMatch(
      new RegExp(`"bob",.*has held its event loop for \\d s in ${PLACE}"}`),
    );
    const last = `not drained within 4500 ms: node bob computes without end in ${PLACE}; ended`;
    expect(bob.stderr()).toContain(last);
    expect((await terminated(alice)).code, alice.stderr()).toBe(0);
    live.child.kill('SIGKILL');
    await live.ended;
  });
});
