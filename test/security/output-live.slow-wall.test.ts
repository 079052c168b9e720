/**
 * What a live run writes as text and files: real nodes at the most verbose log level, with secrets
 * and payloads that the test knows. It searches everything that the nodes and their coordinator
 * write.
 */
import fs, { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { renderHtml } from '../../reports/html/html.ts';
import { renderJson } from '../../reports/json.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { renderPrometheus } from '../../reports/prometheus.ts';
import type { Report } from '../../reports/report-schema.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import {
  type KeyHolder,
  loadDeployment,
  makeKeys,
} from '../../runner/distributed/deployment/deployment.ts';
import { AgentProcess } from '../../runner/distributed/processes/agent-process.ts';
import type { KeyBundle } from '../../runner/nodes/key-bundle.ts';
import { ownSecret } from '../../runner/nodes/secret-source.ts';
import { TRUTH_BYTES } from '../../runner/traffic/ground-truth.ts';
import { FlowDrawFactory } from '../../runner/traffic/traffic-source.ts';
import { freePort } from '../../tools/free-port.ts';
import {
  blockOf,
  cleanUp,
  folder,
  orderOf,
  orrery,
  reportOn,
  type Started,
  spread,
  write,
} from '../live/support.ts';
import { leaksIn, type Secret, unpacked } from './leaks.ts';

afterAll(cleanUp);
afterEach(() => vi.restoreAllMocks());

const NODES = ['gateway-111', 'gateway-211', 'br-111', 'br-211', 'alice', 'bob'] as const;

const TOPOLOGY = `
name: talkative
defaults:
  node: { run: scion }
  link: { rate: 1Gbit/s, mtu: 1472B, queue: 1000packets }
  internal: { delay: 100us }
ases:
  - { id: "1-ff00:0:111", core: true, mtu: 1472B }
  - { id: "2-ff00:0:211", core: true, mtu: 1472B }
nodes:
  - { name: gateway-111, as: "1-ff00:0:111", run: gateway, address: BLOCK.1 }
  - { name: gateway-211, as: "2-ff00:0:211", run: gateway, address: BLOCK.2 }
  - { name: br-111, as: "1-ff00:0:111", address: BLOCK.3 }
  - { name: br-211, as: "2-ff00:0:211", address: BLOCK.4 }
  - { name: alice, as: "1-ff00:0:111", run: bulk, address: BLOCK.5 }
  - { name: bob, as: "2-ff00:0:211", run: bulk, address: BLOCK.6 }
links:
  - { ends: gateway-111 <-> br-111 }
  - { ends: gateway-211 <-> br-211 }
  - { ends: br-111 <-> br-211, relation: core, delay: 5ms }
  - { ends: alice <-> bob, relation: core, delay: 5ms }
`;

const SCENARIO = `
name: talk
question: Does anybody say what is secret?
topology: topology.yaml
duration: 6s
warmup: 100ms
traffic:
  - { from: gateway-111, to: gateway-211, kind: constant, rate: 50/s, size: 300B }
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 300B }
events:
  # Something to talk about: paths die, frames come twice.
  - { at: 2s, for: 800ms, link: "br-111 <-> br-211", set: { up: false } }
  - { at: 1s, link: "br-111 <-> br-211", tap: { replay: 20%, replayWithin: 100, reorder: 0 } }
kpis: {}
`;

/** Every tenth packet of a flow, with the bytes that its source generates. */
function payloads(seed: number, flow: number, packets: number, length: number): readonly Secret[] {
  const writer = new FlowDrawFactory(seed).of(flow).writer;
  return Array.from({ length: Math.ceil(packets / 10) }, (_, at) => {
    const packet = new Uint8Array(length);
    writer.write(packet, { flow, kind: 'data', sequence: at * 10, sentNs: 0 });
    return { name: `payload ${at * 10} of flow ${flow}`, bytes: packet.slice(TRUTH_BYTES) };
  });
}

/** Records the keys in the orders to all processes. */
function listenIn(): KeyBundle[] {
  const bundles: KeyBundle[] = [];
  const { tell } = AgentProcess.prototype;
  vi.spyOn(AgentProcess.prototype, 'tell').mockImplementation(function (
    this: AgentProcess,
    command,
  ) {
    if (command.type === 'load') bundles.push(command.order.bundle);
    return tell.call(this, command);
  });
  return bundles;
}

/** Names of secrets, each with its protocol. */
const PURPOSES = ['gateway/static', 'mixnet/identity', 'mixnet/vrf', 'leaky/static'];

function secretsOf(bundles: readonly KeyBundle[]): readonly Secret[] {
  return bundles.flatMap(({ roots, shared }) => [
    ...Object.entries(roots).flatMap(([host, root]) => [
      { name: `root of ${host}`, bytes: root },
      ...PURPOSES.map((purpose) => ({
        name: `${purpose} of ${host}`,
        bytes: ownSecret(root, purpose),
      })),
    ]),
    ...Object.entries(shared).map(([name, bytes]) => ({ name, bytes })),
  ]);
}

/** A report in every format in which it is written. */
async function formsOf(report: Report): Promise<readonly string[]> {
  return [
    renderJson(report),
    renderHtml(report),
    renderMarkdown(report),
    renderJunit(report),
    await renderPrometheus(report),
    renderTerminal(report, { width: 100, colour: false, unicode: true }),
  ];
}

/**
 * Everything that this process writes to stderr, also below its streams: the log of the
 * coordinator.
 */
function listenToStderr(): () => string {
  let text = '';
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation((...what: unknown[]) => {
    const [file, chunk] = what as [number, string | Uint8Array];
    if (file !== 2) return Reflect.apply(writeSync, fs, what) as number;
    const words = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    text += words;
    return Buffer.byteLength(words);
  });
  return () => text;
}

describe('a run whose secrets and payloads are known', () => {
  it('R-067: leaves none of them in logs, answers, reports and traces of talkative nodes', async () => {
    const place = join(folder, 'talk');
    mkdirSync(place);
    const block = blockOf(41);
    const topology = write('talk/topology.yaml', TOPOLOGY, block);
    const file = write('talk/talk.yaml', SCENARIO, block);
    const roles: readonly KeyHolder[] = NODES.map((name) => ({ kind: 'node', name }));
    makeKeys(join(place, 'keys'), [{ kind: 'coordinator' }, ...roles]);
    const port = await freePort();
    const path = write('talk/deployment.yaml', `coordinator: 127.0.0.1:${port}\nkeys: keys\n`);
    const { scenario } = await orderOf(file);
    const { keys, coordinator } = loadDeployment(path, scenario.topology, { kind: 'coordinator' });

    const bundles = listenIn();
    const coordinatorLog = listenToStderr();
    const trace = join(place, 'trace.orr');
    const run = await spread(file, {
      deployment: { keys, coordinator },
      log: 'debug',
      recordingsOf: () => ({ trace: { path: trace, extent: 'full' } }),
    });
    const flags = ['--deployment', path, '--log', 'debug', '--state', join(place, 'state')];
    const nodes: readonly Started[] = NODES.map((name) => orrery('node', topology, name, ...flags));
    await run.reach(3_500);
    const answers = await Promise.all(
      run.processes().map((entry) => answersOf(entry.operatorPort ?? 0)),
    );
    const report = reportOn(await run.end);
    await Promise.all(nodes.map(({ ended }) => ended));

    const keyFiles = ['coordinator', ...NODES.map((name) => `node-${name}`)];
    const secrets = [
      ...keyFiles.map((name) => ({
        name: `${name}.key`,
        bytes: Buffer.from(readFileSync(join(place, 'keys', `${name}.key`), 'utf8').trim(), 'hex'),
      })),
      ...secretsOf(bundles),
      ...payloads(1, 0, 300, 300),
      ...payloads(1, 1, 300, 300),
    ];
    expect(bundles).toHaveLength(NODES.length);
    expect(secrets.length).toBeGreaterThan(7 + 6 * 5 + 60);
    for (const { bytes } of secrets) expect(bytes.length).toBeGreaterThanOrEqual(32);

    const written = [
      ...nodes.map(({ stdout, stderr }) => stdout() + stderr()),
      ...answers,
      ...(await formsOf(report)),
      unpacked(readFileSync(trace)),
    ];
    // Every process has logged something, including actions of its nodes.
    for (const text of written) expect(text.length).toBeGreaterThan(50);
    const logs = nodes.map(({ stderr }) => stderr()).join('');
    expect(logs).toMatch(/"level":"debug".*"component":"gateway".*path .* to gateway-211: dead/);
    expect(logs).toMatch(/"level":"debug".*"component":"scion"/);
    expect(report.metrics['gateway.throughput']?.count).toBeGreaterThan(20);
    for (const text of [...written, coordinatorLog()]) {
      expect(leaksIn(text, secrets)).toEqual([]);
    }
  });

  it('R-067: is found out when a node logs its secret as nothing can know it: the search is not blind', async () => {
    const leaky = fileURLToPath(new URL('./leaky-node.ts', import.meta.url));
    const row = `
name: leaky
nodes:
  - { name: alice, run: ${leaky}, address: BLOCK.1 }
  - { name: bob, run: ${leaky}, address: BLOCK.2 }
links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 1ms }]
`;
    write('leaky-row.yaml', row, blockOf(42));
    const traffic = 'traffic: [{ from: alice, to: bob, kind: constant, rate: 20/s, size: 100B }]';
    const head =
      'name: leaky\nquestion: Who talks?\ntopology: leaky-row.yaml\nduration: 1s\nwarmup: 0s';
    const bundles = listenIn();
    const coordinatorLog = listenToStderr();
    const file = write('leaky.yaml', `${head}\n${traffic}\nkpis: {}\n`);
    const run = await spread(file, { log: 'debug' });
    const report = reportOn(await run.end);
    const secrets = [...secretsOf(bundles), ...payloads(1, 0, 10, 100)];
    // Keys and payloads in the usual encodings are removed before writing; a list of numbers is not
    // recognised.
    const found = ['leaky/static of alice as numbers', 'leaky/static of bob as numbers'];
    for (const text of [coordinatorLog(), renderJson(report)]) {
      expect(text).toContain('my secret is [32 bytes]');
      expect([...new Set(leaksIn(text, secrets))].sort()).toEqual(found);
    }
    expect(coordinatorLog()).toMatch(/I send \[bytes\]/);
  });
});

/** Every answer of a node's operator endpoint. */
async function answersOf(port: number): Promise<string> {
  const ask = (path: string, init: RequestInit = {}): Promise<string> =>
    fetch(`http://127.0.0.1:${port}${path}`, init).then((response) => response.text());
  const paths = ['/healthz', '/readyz', '/status', '/metrics', '/log-level', '/nothing'];
  const texts = await Promise.all(paths.map((path) => ask(path)));
  return [...texts, await ask('/probe', { method: 'POST' })].join('\n');
}
