/** Nodes that run alone: their keys, their files, and the coordinator inside their process. */
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { AgentSession } from '../../../../runner/distributed/agent/agent-session.ts';
import { StandaloneChannel } from '../../../../runner/distributed/alone/alone-channel.ts';
import {
  findStandaloneObstacle,
  loadStandaloneDeployment,
  type StandaloneDeployment,
} from '../../../../runner/distributed/alone/alone-deployment.ts';
import { standaloneAssignment } from '../../../../runner/distributed/alone/standalone-assignment.ts';
import { StandaloneKeyDerivation } from '../../../../runner/distributed/deployment/alone-keys.ts';
import {
  type KeyHolder,
  loadDeployment,
  makeKeys,
} from '../../../../runner/distributed/deployment/deployment.ts';
import { readCommand } from '../../../../runner/distributed/messages/message-shapes.ts';
import type { AgentReport, AgentTally } from '../../../../runner/distributed/messages/messages.ts';
import { ProtocolRegistry } from '../../../../scenarios/open/registry.ts';
import { ConfigError, formatIssue } from '../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../topologies/load.ts';
import type { Topology } from '../../../../topologies/model.ts';
import { FileFolder } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const registry = new ProtocolRegistry();

/** Three nodes in a row that run one protocol. */
function row(run: string, more = '', link = ''): Topology {
  const text = `name: row
defaults: { node: { run: ${run}${more} }, link: { rate: 1Mbit/s, delay: 1ms${link} } }
nodes: [{ name: alice }, { name: relay }, { name: bob }]
links: [{ ends: alice <-> relay }, { ends: relay <-> bob }]
`;
  const path = files.write(`topologies/row-${run}.yaml`, text);
  return loadTopology({ path, folders: files.folders, registry });
}

const HOSTS = ['alice', 'relay', 'bob'];
const ROLES: readonly KeyHolder[] = [
  { kind: 'coordinator' },
  ...HOSTS.map((name): KeyHolder => ({ kind: 'node', name })),
];

/** Keys of a network in a folder of that name. */
function keysOf(folder: string, topology: Topology): readonly string[] {
  return makeKeys(join(files.path, folder), ROLES, new StandaloneKeyDerivation(topology, registry));
}

function load(text: string, topology: Topology, name = 'alice'): StandaloneDeployment {
  return loadStandaloneDeployment(files.write('alone.yaml', text), { name, topology, registry });
}

/** What is said of a bad file, with its line and caret. */
function saidOf(text: string, topology: Topology): string {
  try {
    load(text, topology);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map((one) => formatIssue(one)).join('\n');
    throw error;
  }
  return 'nothing';
}

describe('keys of nodes that run alone', () => {
  const bulk = row('bulk');
  const dtn = row('dtn');

  it('give two nodes the same secret of their pair, and no other node has it', () => {
    expect(keysOf('bulk', bulk)).toEqual(
      expect.arrayContaining(['node-alice.key', 'shared-alice.key', 'shared-bob.key']),
    );
    const shared = (name: string): Readonly<Record<string, Uint8Array>> =>
      load('keys: bulk\n', bulk, name).bundle.shared;
    const [alice, relay, bob] = [shared('alice'), shared('relay'), shared('bob')];
    expect(alice['bulk/alice/bob']).toEqual(bob['bulk/alice/bob']);
    expect(alice['bulk/alice/bob']).not.toEqual(alice['bulk/bob/alice']);
    expect(relay).not.toHaveProperty(['bulk/alice/bob']);
    expect(readFileSync(join(files.path, 'bulk', 'shared-relay.key'), 'utf8')).not.toContain(
      toHex(alice['bulk/alice/bob'] as Uint8Array),
    );
    expect(statSync(join(files.path, 'bulk', 'shared-alice.key')).mode & 0o777).toBe(0o600);
  });

  it('tell all nodes the public values of each, and its own secrets to no other', () => {
    keysOf('dtn', dtn);
    const [alice, bob] = ['alice', 'bob'].map((name) => load('keys: dtn\n', dtn, name).bundle);
    expect(Object.keys(alice?.publicKeys ?? {})).toEqual(HOSTS.map((name) => `${name}/dtn`));
    expect(alice?.publicKeys).toEqual(bob?.publicKeys);
    expect([Object.keys(alice?.roots ?? {}), Object.keys(bob?.roots ?? {})]).toEqual([
      ['alice'],
      ['bob'],
    ]);
    expect(alice?.roots['alice']).not.toEqual(bob?.roots['bob']);
  });

  it('stay the same when they are made again, and follow the protocols of the topology', () => {
    keysOf('again', row('bulk'));
    const before = load('keys: again\n', bulk).bundle.shared;
    expect(keysOf('again', bulk)).toEqual([]);
    expect(load('keys: again\n', bulk).bundle.shared).toEqual(before);
    expect(keysOf('again', row('ping'))).toEqual([]);
    expect(existsSync(join(files.path, 'again', 'shared-alice.key'))).toBe(false);
    expect(saidOf('keys: again\n', dtn)).toMatch(/public\.keys has no public value alice\/dtn\//);
  });

  it('are refused by name if others can read them, or if they are missing', () => {
    keysOf('open', bulk);
    const path = join(files.path, 'open', 'shared-alice.key');
    chmodSync(path, 0o640);
    const said = saidOf('keys: open\n', bulk);
    expect(said).toMatch(/alone\.yaml:1:7 {2}keys: .*shared-alice\.key has mode 0640/);
    expect(said).toMatch(/^\s+\| +\^{4}$/m);
    rmSync(path);
    expect(saidOf('keys: open\n', bulk)).toMatch(/there is no file .*shared-alice\.key/);
    keysOf('read', row('ping'));
    chmodSync(join(files.path, 'read', 'node-alice.key'), 0o604);
    expect(saidOf('keys: read\n', row('ping'))).toMatch(/node-alice\.key has mode 0604/);
  });
});

describe('a deployment file of nodes that run alone', () => {
  const ping = row('ping');
  keysOf('ping', ping);

  it('needs no coordinator, which a node of a run does need', () => {
    const file = files.write('without.yaml', 'keys: ping\n');
    expect(load('keys: ping\n', ping).deployment.shape).toBe('links');
    expect(() => loadDeployment(file, ping, { kind: 'node', name: 'alice' })).toThrow(
      'coordinator: missing, expected a host and a port such as 192.0.2.10:7000',
    );
  });

  it('has traffic without end, whose mistakes are told with line and column', () => {
    const flow = (more: string): string => `keys: ping\ntraffic:\n  - { ${more} }\n`;
    const good = 'from: alice, to: bob, kind: constant, rate: 1/s, size: 100B';
    const { traffic } = load(flow(good), ping);
    expect(traffic).toMatchObject([{ from: 'alice', to: 'bob', sizeBytes: 100 }]);
    expect(traffic[0]?.stopNs).toBe(Number.MAX_SAFE_INTEGER);
    expect(saidOf(flow(good.replace('bob', 'bab')), ping)).toMatch(
      /alone\.yaml:3:24 {2}traffic\[0\]\.to: node "bab" is not in .*\n.*\n\s+\| +\^{3}\n.*did you mean bob/,
    );
    expect(saidOf(flow('pairs: 1, among: "*", kind: constant, rate: 1/s'), ping)).toMatch(
      /traffic\[0\]\.pairs: processes that share no seed draw different pairs/,
    );
    expect(saidOf(flow('kind: asks, ask: status, nodes: bob, rate: 1/s'), ping)).toMatch(
      /traffic\[0\]\.kind: nodes that run alone ask nobody/,
    );
  });

  it('gives an order that an agent accepts', () => {
    const order = standaloneAssignment('alice', ping, load('keys: ping\n', ping));
    expect(readCommand({ type: 'load', order })).toHaveProperty('message');
  });
});

describe('what needs a run', () => {
  it('is refused with its place: what is published before, contacts, keys that change', () => {
    const words = (topology: Topology): string | undefined =>
      findStandaloneObstacle(topology, registry)?.words;
    for (const run of ['ping', 'bulk', 'dtn']) expect(words(row(run))).toBeUndefined();
    const contacts = ', contacts: { windows: [{ start: 0s, end: 1s }] }';
    expect(words(row('dtn', '', contacts))).toMatch(/^alice--relay: contacts count from .* 0/);
    const changing = ', options: { security: { keys: [{ name: end, changes: [10s] }] } }';
    expect(words(row('dtn', changing))).toMatch(
      /^alice: dtn cannot run alone: its keys change at instants of a run/,
    );
    const path = join(files.folders.topologies, 'net.yaml');
    const net = loadTopology({ path, folders: files.folders, registry });
    const found = findStandaloneObstacle(net, registry);
    expect(found?.words).toMatch(/^gateway-111: gateway cannot run alone: /);
    expect(found?.position).toMatchObject({ line: 12 });
  });
});

describe('the coordinator inside the process', () => {
  const ping = row('ping');
  const order = standaloneAssignment('alice', ping, load('keys: ping\n', ping));
  const rows = new Float64Array(0);
  const MEASURED = { type: 'measured', untilNs: 0, sent: rows, arrived: rows } as const;

  it('orders, starts, and ends only after 100 days', async () => {
    let nowNs = 5n;
    const channel = new StandaloneChannel(order, () => nowNs);
    const told: unknown[] = [];
    let reason = '';
    channel.onMessage = (message): void => void told.push((message as { type: string }).type);
    channel.onClose = (why): void => {
      reason = why;
    };
    const say = async (report: AgentReport): Promise<readonly unknown[]> => {
      channel.send(report);
      await new Promise((resolve) => setImmediate(resolve));
      return told.splice(0);
    };
    expect(await say({ type: 'hello', hosts: ['alice'], pid: 1 })).toEqual(['load']);
    expect(await say({ type: 'loaded' })).toEqual(['start']);
    expect(await say({ type: 'ready' })).toEqual([]);
    nowNs += 99n * 86_400_000_000_000n;
    expect(await say(MEASURED)).toEqual([]);
    nowNs += 2n * 86_400_000_000_000n;
    expect(await say(MEASURED)).toEqual(['mute', 'stop']);
    expect(reason).toBe('');
    await say({ type: 'result', tally: {} as AgentTally });
    expect(reason).toBe('peer closed');
  });
});

const BLOCK = `127.${60 + (process.pid % 40)}.${(process.pid >>> 6) & 255}`;
const FABRIC = `name: fabric
defaults: { node: { run: datagram }, link: { rate: 1Mbit/s, delay: 1ms } }
nodes: [${HOSTS.map((name, index) => `{ name: ${name}, address: ${BLOCK}.${index + 3} }`).join(', ')}]
links: [{ ends: alice <-> relay }, { ends: relay <-> bob }]
stack: [{ on: "*", run: fabric }]
`;

describe('a node that serves for months', () => {
  const open = (): Topology =>
    loadTopology({
      path: files.write('topologies/fabric.yaml', FABRIC),
      folders: files.folders,
      registry,
    });

  it('copied its metrics four times a second for nobody, and kept every sample', async () => {
    const topology = open();
    makeKeys(join(files.path, 'months'), ROLES, new StandaloneKeyDerivation(topology, registry));
    const order = standaloneAssignment('alice', topology, load('keys: months\n', topology));
    const channel = new StandaloneChannel(order);
    const sent = vi.spyOn(channel, 'send');
    const types = (): readonly string[] => sent.mock.calls.map(([{ type }]) => type);
    const session = new AgentSession({
      ...{ channel, hosts: ['alice'], registry, topology, mode: 'alone' },
    });
    const measured = (): number => types().filter((type) => type === 'measured').length;
    await vi.waitFor(() => expect(measured()).toBeGreaterThan(3), { timeout: 20_000 });
    expect(types()).not.toContain('tally');
    const fabric = session.agent?.world.sim.host('alice').layers[0];
    for (let value = 0; value <= 10_000; value += 1)
      fabric?.meter.sample('navigator.switch', value);
    const [metrics] = session.agent?.metrics() ?? [];
    expect(metrics?.['navigator.switch']).toEqual({ kind: 'samples', values: [10_000] });
    channel.close();
    await session.end;
  });
});
