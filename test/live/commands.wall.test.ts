/**
 * Live runs started and ended by commands: Ctrl-C, a coordinator that is killed, and nodes of a
 * deployment with a process each. Processes are slow to start, so there is one test per promise.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/free-port.ts';
import {
  allGone,
  blockOf,
  CABLE,
  cleanUp,
  folder,
  isAlive,
  onlyRun,
  orrery,
  pings,
  processesIn,
  type Started,
  write,
} from './support.ts';

afterAll(cleanUp);

function reportIn(run: string): { ending: string; layout: string; warnings: { text: string }[] } {
  return JSON.parse(readFileSync(join(run, 'report.json'), 'utf8'));
}

/** Whatever their log level, processes write none of the keys of their deployment to the log. */
function expectNoSecrets(keys: string, started: readonly Started[]): void {
  const files = ['coordinator.key', 'node-alice.key', 'node-bob.key'];
  const secrets = files.map((file) => Buffer.from(readFileSync(join(keys, file), 'utf8'), 'hex'));
  for (const { stdout, stderr } of started) {
    const words = stdout() + stderr();
    expect(words.length).toBeGreaterThan(50);
    for (const secret of secrets) {
      expect(secret).toHaveLength(32);
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        // Without the last four characters, because the end of a base64 text depends on what
        // follows.
        const text = secret.toString(encoding).slice(0, -4);
        expect(words.toLowerCase().includes(text.toLowerCase())).toBe(false);
      }
    }
  }
}

// They mostly wait.
describe.concurrent('orrery live --processes', () => {
  it('Ctrl-C: exit 130, a report that says interrupted, no process left', async () => {
    write('ctrl-c.yaml', CABLE, blockOf(11));
    const file = write('ctrl-c-pings.yaml', pings('ctrl-c.yaml', '60s'));
    const out = join(folder, 'ctrl-c');
    const live = orrery('live', file, '--processes', '--out', out, '--no-trace');
    const run = join(out, 'pings', '1-live-processes');
    const pids = (await processesIn(run, 2)).map(({ pid }) => pid);
    await new Promise((resolve) => setTimeout(resolve, 800));
    // Signals the whole process group, as a terminal does.
    process.kill(-live.pid, 'SIGINT');
    expect(await live.ended).toBe(130);
    const report = reportIn(run);
    expect(report).toMatchObject({ ending: 'interrupted', layout: '2 processes' });
    expect(report.warnings.map(({ text }) => text).join('\n')).not.toContain('ended');
    expect(live.stdout()).toContain('live  2 processes');
    expect(readFileSync(join(run, 'report.md'), 'utf8')).toContain('--processes');
    await allGone(pids);
  });

  it('a coordinator that is killed: its agents end by themselves', async () => {
    write('orphans.yaml', CABLE, blockOf(12));
    const file = write('orphans-pings.yaml', pings('orphans.yaml', '60s'));
    const out = join(folder, 'orphans');
    const live = orrery('live', file, '--processes', '--out', out, '--no-trace');
    const pids = (await processesIn(join(out, 'pings', '1-live-processes'), 2)).map(
      ({ pid }) => pid,
    );
    expect(pids.every((pid) => isAlive(pid))).toBe(true);
    live.child.kill('SIGKILL');
    await live.ended;
    const killedAt = performance.now();
    await allGone(pids);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
  });
});

describe.concurrent('orrery node', () => {
  it('R-062, R-067, R-247: nodes of a deployment run, answer, drain, and are refused by name', async () => {
    const block = blockOf(13);
    const topology = write('deployed.yaml', CABLE, block);
    const other = write('other.yaml', CABLE.replace('5ms', '6ms'), block);
    const file = write('deployed-pings.yaml', pings('deployed.yaml', '60s'));
    const port = await freePort();
    const operator = await freePort();
    for (const keys of ['good', 'wrong']) {
      const made = orrery('node', topology, '--new-keys', join(folder, keys));
      expect(await made.ended).toBe(0);
      expect(made.stdout()).toContain('coordinator.key, node-alice.key, node-bob.key');
    }
    const deploymentOf = (keys: string): string =>
      write(
        `${keys}.yaml`,
        `coordinator: 127.0.0.1:${port}\nkeys: ${keys}\n` +
          `hosts:\n  alice: { address: BLOCK.1, operator: { port: ${operator} } }\n`,
        block,
      );
    const deployment = deploymentOf('good');
    const out = join(folder, 'deployed');
    const live = orrery('live', file, '--deployment', deployment, '--out', out, '--no-trace');
    await live.says(`waits at 127.0.0.1:${port} for alice, bob`);

    const stranger = orrery('node', topology, 'alice', '--deployment', deploymentOf('wrong'));
    const mistaken = orrery('node', other, 'alice', '--deployment', deployment);
    expect([await stranger.ended, await mistaken.ended]).toEqual([2, 2]);
    expect(stranger.stderr()).toMatch(/^orrery: 127\.0\.0\.1:\d+: authentication failed \(.*\)\n$/);
    const reason =
      /^orrery: alice: the coordinator rejected this .*: alice has a different topology file from .*deployed\.yaml\n$/m;
    expect(mistaken.stderr()).toMatch(reason);
    await live.says('was rejected: alice has a different topology file');

    const at = `127.0.0.1:${port}`;
    const loud = ['--deployment', deployment, '--log', 'debug'];
    const alice = orrery('node', topology, 'alice', ...loud);
    const bob = orrery('node', topology, 'bob', ...loud, '--coordinator', at);
    const entries = await processesIn(onlyRun(join(out, 'pings')), 2);
    expect(entries.map(({ operatorPort }) => operatorPort)).toContain(operator);
    expect(entries.map(({ pid }) => pid).sort()).toEqual([alice.pid, bob.pid].sort());
    const ports = entries.map((entry) => ['--port', String(entry.operatorPort)]);
    const health = orrery('health', ...ports.flat());
    expect(await health.ended).toBe(0);
    expect(health.stdout()).toContain('HEALTHY  2 of 2 nodes');

    const asked = orrery('ask', 'status', '--port', String(operator));
    expect([await asked.ended, asked.stdout()]).toEqual([0, '{}\n']);
    expect(asked.stderr()).toMatch(/^ok after \d+\.\d ms\n$/);
    const nothing = orrery('ask', 'flush', 'bob', '--port', String(operator), '--node', 'alice');
    expect([await nothing.ended, nothing.stderr()]).toEqual([
      ...[1, expect.stringContaining('unknown-question after')],
    ]);

    bob.child.kill('SIGTERM');
    expect(await bob.ended).toBe(0);
    live.child.kill('SIGINT');
    expect(await live.ended).toBe(130);
    expect(await alice.ended).toBe(0);
    expectNoSecrets(join(folder, 'good'), [live, alice, bob]);
    const report = reportIn(onlyRun(join(out, 'pings')));
    expect(report).toMatchObject({ ending: 'interrupted', layout: '2 processes' });
    const warnings = report.warnings.map(({ text }) => text).join('\n');
    expect(warnings).toMatch(/^bob: ended by itself at \d+\.\d s$/m);
  });
});
