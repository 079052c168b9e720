/**
 * Secrets of nodes in live mode: spies in every layout, what the coordinator sends to the
 * processes, and what other users of the machine can read from these processes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type KeyHolder, makeKeys } from '../../runner/distributed/deployment/deployment.ts';
import type { AgentAssignment } from '../../runner/distributed/messages/messages.ts';
import { AgentProcess } from '../../runner/distributed/processes/agent-process.ts';
import { ownSecret } from '../../runner/nodes/secret-source.ts';
import { runLive } from '../../runner/run/live-run.ts';
import { freePort } from '../../tools/free-port.ts';
import { emulate } from '../emulate/support.ts';
import {
  allGone,
  blockOf,
  cleanUp,
  folder,
  onlyRun,
  orderOf,
  orrery,
  processesIn,
  reportOn,
  spread,
  write,
} from '../live/support.ts';
import { expectOwnSecretsOnly, SPY_TOPOLOGY, spiesOn } from './spies.ts';

afterAll(cleanUp);
afterEach(() => vi.restoreAllMocks());

const MEMBERS = ['alice', 'bob'];

function spies(name: string, block: number): string {
  write(`${name}-row.yaml`, SPY_TOPOLOGY, blockOf(block));
  return write(`${name}.yaml`, spiesOn(`${name}-row.yaml`));
}

/** Records the messages to each agent before they are sealed, with the hosts of the agent. */
function listenIn(): { readonly hosts: readonly string[]; readonly command: unknown }[] {
  const heard: { hosts: readonly string[]; command: unknown }[] = [];
  const { tell } = AgentProcess.prototype;
  vi.spyOn(AgentProcess.prototype, 'tell').mockImplementation(function (
    this: AgentProcess,
    command,
  ) {
    heard.push({ hosts: this.hosts, command });
    return tell.call(this, command);
  });
  return heard;
}

/** What the process of each host received. */
function ordersIn(heard: ReturnType<typeof listenIn>): Map<string, AgentAssignment> {
  const orders = new Map<string, AgentAssignment>();
  for (const { hosts, command } of heard) {
    const { type, order } = command as { readonly type: string; readonly order?: AgentAssignment };
    if (type !== 'load' || order === undefined) continue;
    for (const host of hosts) orders.set(host, order);
  }
  return orders;
}

/** Secrets of hosts, each found in the order for the one process that has it. */
function secretsIn(orders: ReadonlyMap<string, AgentAssignment>): Map<string, Uint8Array[]> {
  return new Map(
    [...orders].map(([host, { bundle }]) => {
      const root = bundle.roots[host] ?? expect.fail(`${host} has no secrets`);
      return [host, [root, ownSecret(root, 'spy/static')]];
    }),
  );
}

function holds(bytes: Buffer, secret: Uint8Array): boolean {
  const raw = Buffer.from(secret);
  const base64 = raw.toString('base64').slice(0, -1);
  return [raw, raw.toString('hex'), base64].some((form) => bytes.includes(form));
}

/** Asserts that no message to an agent contains a secret of a host that the agent does not run. */
function expectNoForeignSecrets(heard: ReturnType<typeof listenIn>): void {
  const orders = ordersIn(heard);
  const secrets = secretsIn(orders);
  expect([...secrets.keys()].sort()).toEqual(['alice', 'bob', 'carol']);
  const pair = orders.get('alice')?.bundle.shared['spy/pair'] ?? expect.fail('no pair');
  expect(orders.get('bob')?.bundle.shared['spy/pair']).toEqual(pair);
  for (const { hosts, command } of heard) {
    const bytes = serialize(command);
    for (const [host, values] of secrets) {
      if (hosts.includes(host)) continue;
      for (const value of values) expect(holds(bytes, value), `${host} at ${hosts}`).toBe(false);
    }
    const isMember = hosts.some((host) => MEMBERS.includes(host));
    if (!isMember) expect(holds(bytes, pair), `the pair's secret at ${hosts}`).toBe(false);
  }
}

describe('a spy is given its own secrets only', () => {
  it('in one live process', async () => {
    const file = spies('single', 31);
    const report = reportOn(await runLive(await orderOf(file)));
    expectOwnSecretsOnly(report.warnings.map(({ text }) => text));
  });

  it('in an emulated run', async () => {
    const report = reportOn(await emulate(spies('emulated', 32)));
    expectOwnSecretsOnly(report.warnings.map(({ text }) => text));
  });

  it('on two event loops, and no order holds a secret of another loop', async () => {
    const heard = listenIn();
    const run = await spread(spies('loops', 33), { processes: { loops: 2 } });
    const report = reportOn(await run.end);
    expectOwnSecretsOnly(report.warnings.map(({ text }) => text));
    expectNoForeignSecrets(heard);
  });

  it('in processes: no message, command line, environment or start file holds another one', async () => {
    const heard = listenIn();
    const run = await spread(spies('processes', 34));
    await run.reach(50);
    const seen = run.processes().map(({ pid, nodes }) => {
      const [, path = ''] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      const files = [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`, path];
      return { nodes, bytes: files.map((file) => readFileSync(file)) };
    });
    const report = reportOn(await run.end);
    expectOwnSecretsOnly(report.warnings.map(({ text }) => text));
    expectNoForeignSecrets(heard);
    const secrets = [...secretsIn(ordersIn(heard)).values()].flat();
    expect(seen.length).toBe(3);
    for (const { nodes, bytes } of seen) {
      for (const [place, file] of bytes.entries()) {
        expect(file.length, `${nodes} ${place}`).toBeGreaterThan(10);
        // Not even its own secret, because other users of the machine can read some of these files.
        for (const secret of secrets) expect(holds(file, secret), `${nodes} ${place}`).toBe(false);
      }
    }
    await allGone(run.processes().map(({ pid }) => pid));
  });

  it('in a deployment whose nodes are started by others', async () => {
    const file = spies('deployed', 35);
    const topology = join(folder, 'deployed-row.yaml');
    makeKeys(join(folder, 'spies-keys'), [
      { kind: 'coordinator' },
      ...['alice', 'bob', 'carol'].map((name): KeyHolder => ({ kind: 'node', name })),
    ]);
    const port = await freePort();
    const text = `coordinator: 127.0.0.1:${port}\nkeys: spies-keys\nhosts: {}\n`;
    const deployment = write('spies-deployment.yaml', text);
    const out = join(folder, 'spies-out');
    const live = orrery('live', file, '--deployment', deployment, '--out', out, '--no-trace');
    await live.says(`waits at 127.0.0.1:${port} for alice, bob, carol`);
    for (const name of ['alice', 'bob', 'carol']) {
      orrery('node', topology, name, '--deployment', deployment);
    }
    const path = onlyRun(join(out, 'spies'));
    await processesIn(path, 3);
    await live.ended;
    const report = JSON.parse(readFileSync(join(path, 'report.json'), 'utf8')) as {
      readonly warnings: readonly { readonly text: string }[];
    };
    expectOwnSecretsOnly(report.warnings.map(({ text: words }) => words));
  });
});
