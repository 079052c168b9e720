/**
 * Nodes without a coordinator: processes that were started by hand, of which one is killed and started again, on one
 * machine and on two (network namespaces).
 */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { setCable, twoMachines } from './namespaces.ts';
import {
  blockOf,
  CABLE,
  cleanUp,
  folder,
  orrery,
  orreryIn,
  type Started,
  write,
} from './support.ts';

const machines = twoMachines('n');
afterAll(() => {
  cleanUp();
  machines.remove();
});

/** The output of a command that has ended, with its exit code. */
async function resultOf(command: Started): Promise<string> {
  const code = await command.ended;
  return `${code}: ${command.stdout()}${command.stderr()}`;
}

/** The port of a node's operator endpoint, once it is open. */
async function portOf(node: Started): Promise<string> {
  await node.says('endpoint on 127.0.0.1 port');
  return /endpoint on 127\.0\.0\.1 port (\d+)/.exec(node.stderr())?.[1] ?? '';
}

/** Repeats a question until its answer has these words: nodes need a moment to find each other. */
function answers(ask: () => Started, words: string): Promise<void> {
  const look = async (): Promise<void> => expect(await resultOf(ask())).toContain(words);
  return vi.waitFor(look, { timeout: 20_000, interval: 200 });
}

async function newKeys(topology: string, keys: string): Promise<void> {
  const made = await resultOf(orrery('node', topology, '--new-keys', `${folder}/${keys}`));
  expect(made).toMatch(/^0: /);
}

const FILES = `
name: files
defaults: { node: { run: bulk, options: { secure: psk } }, link: { rate: 10Mbit/s, delay: 5ms } }
nodes: [{ name: source, address: BLOCK.1 }, { name: sink, address: BLOCK.2 }]
links: [{ ends: source <-> sink }]
`;

describe('two processes on one machine', () => {
  it('wait for each other, go on when one dies, and answer their operator', async () => {
    const topology = write('files.yaml', FILES, blockOf(81));
    const flow = '{ from: source, to: sink, kind: constant, rate: 50/s, size: 200B }';
    const file = write('files-alone.yaml', `keys: files-keys\ntraffic: [${flow}]\n`);
    await newKeys(topology, 'files-keys');
    const node = (name: string): Started =>
      orrery('node', topology, name, '--alone', '--deployment', file, '--state', `${folder}/state`);
    const source = node('source');
    const port = await portOf(source);
    const ask = (...words: readonly string[]): Started => orrery('ask', ...words, '--port', port);
    const absent = await resultOf(ask('flush', 'sink', '--within', '300'));
    expect(absent).toMatch(/^1: \d+\n/);

    const first = node('sink');
    await answers(() => ask('flush', 'sink'), 'ok after');
    first.child.kill('SIGKILL');
    await first.ended;
    const health = (): Started => orrery('health', '--port', port);
    expect(await resultOf(health())).toContain('source: probe: no answer of sink within 2 s');
    const second = node('sink');
    await answers(() => ask('flush', 'sink'), 'ok after');
    expect(await resultOf(ask('status'))).toContain('"name":"sink","unconfirmed":');
    // A process that ended with open TLS streams spun for ever in its last moment.
    for (const [started, signal] of [
      [source, 'SIGTERM'],
      [second, 'SIGINT'],
    ] as const) {
      started.child.kill(signal);
      expect(await started.ended, started.stderr()).toBe(0);
    }
  });
});

describe.skipIf(machines.reason !== undefined)('two machines', () => {
  it('health names a peer that was killed, and is well when it is back', async () => {
    const { left, right, net } = machines;
    const topology = write('cable.yaml', CABLE, blockOf(82));
    const hosts = `hosts: { alice: ${net}.1, bob: ${net}.2 }`;
    const flow = '{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }';
    const lines = ['keys: cable-keys', hosts, 'shape: off', `traffic: [${flow}]`, ''];
    const file = write('cable-alone.yaml', lines.join('\n'));
    await newKeys(topology, 'cable-keys');
    const node = (place: string, name: string): Started =>
      orreryIn(place, 'node', topology, name, '--alone', '--deployment', file);
    const alice = node(left, 'alice');
    const bob = node(right, 'bob');
    const port = await portOf(alice);
    const health = (): Started => orreryIn(left, 'health', '--port', port);
    await answers(health, 'HEALTHY  1 of 1 nodes');
    bob.child.kill('SIGKILL');
    await bob.ended;
    expect(await resultOf(health())).toContain('alice: probe: no answer of bob within 2 s');
    node(right, 'bob');
    await answers(health, 'HEALTHY  1 of 1 nodes');
    expect(alice.child.exitCode).toBeNull();
  });

  it('the question of ask.yaml is answered in parts while the cable is cut, and whole when it is back', async () => {
    const { left, right, net } = machines;
    const topology = 'long-fat-link.yaml';
    const hosts = `hosts: { sender: ${net}.1, receiver: ${net}.2 }`;
    const flow = '{ from: sender, to: receiver, kind: constant, rate: 20/s, size: 1000B }';
    const lines = ['keys: long-keys', hosts, `traffic: [${flow}]`, ''];
    const file = write('long-alone.yaml', lines.join('\n'));
    await newKeys(topology, 'long-keys');
    const node = (place: string, name: string): Started =>
      orreryIn(place, 'node', topology, name, '--alone', '--deployment', file);
    const sender = node(left, 'sender');
    node(right, 'receiver');
    const port = await portOf(sender);
    const flush = (within: string): Started =>
      orreryIn(left, 'ask', 'flush', 'receiver', '--within', within, '--port', port);
    await answers(() => flush('2000'), 'ok after');
    setCable(left, 'down');
    const asked = flush('60000');
    expect(await resultOf(flush('2000'))).toMatch(/^1: \d+\n/);
    setCable(left, 'up');
    // How many packets were not confirmed yet, again and again, and none in the end.
    expect(await resultOf(asked)).toMatch(/^0: \d+\n(.*\n)*ok after \d{4,}\.\d ms/);
  });
});

it('what needs a run is refused in one line, with its place', async () => {
  const file = write('scion-alone.yaml', 'keys: keys\n');
  const words = ['node', 'scion-default.yaml', 'gateway-111', '--alone', '--deployment', file];
  expect(await resultOf(orrery(...words))).toMatch(
    /^2: .*scion-default\.yaml:\d+:\d+ {2}\S+: (gateway|scion) cannot run alone: /,
  );
});
