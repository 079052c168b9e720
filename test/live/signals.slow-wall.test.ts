/**
 * Nodes of a deployment under signals: real processes of gateways and routers that carry packets
 * while their files are changed, and while they are asked to end.
 *
 * @module
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { freePort } from '../../tools/free-port.ts';
import {
  allGone,
  blockOf,
  CABLE,
  cleanUp,
  folder,
  onlyRun,
  orrery,
  pings,
  processesIn,
  reportOn,
  type Started,
  spread,
  warningsOf,
  write,
} from './support.ts';

afterAll(cleanUp);

const NODES = ['gateway-111', 'gateway-211', 'br-111', 'br-211'] as const;
type Name = (typeof NODES)[number];

const TUNNEL = `
name: tunnel
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
links:
  - { ends: gateway-111 <-> br-111 }
  - { ends: gateway-211 <-> br-211 }
  - { ends: br-111 <-> br-211, relation: core, delay: 5ms }
`;

const traffic = (topology: string): string => `
name: tunnel-traffic
question: Do packets cross while operators work?
topology: ${topology}
duration: 120s
warmup: 100ms
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, rate: 100/s, size: 300B }]
kpis: { gateway.duplicates: { count: "== 0" } }
`;

/** A running deployment that carries packets, and its files. */
interface Tunnel {
  readonly live: Started;
  readonly nodes: Readonly<Record<Name, Started>>;
  readonly block: string;
  readonly topologyFile: string;
  readonly deploymentFile: string;
  /** Writes the deployment file with these lines added. */
  deploy(...lines: readonly string[]): void;
  ask(node: Name, path: string): Promise<string>;
  /** The value of a node's counter. */
  count(node: Name, metric: string): Promise<number>;
  report(): Report;
  /** How long the nodes took to start, ms: a measure of how busy the machine is. */
  readonly startMs: number;
}

/** After this time a process has drained or stops anyway (services/operator/signals.ts). */
const DRAINED_MS = 4_500;
/** Further time that a process may need to end: half a second, or as long as its start. */
const besides = (startMs: number): number => Math.max(500, startMs);

async function tunnel(name: string, number: number, log: string): Promise<Tunnel> {
  mkdirSync(join(folder, name));
  const block = blockOf(number);
  const topologyFile = write(`${name}/tunnel.yaml`, TUNNEL, block);
  const scenario = write(`${name}/traffic.yaml`, traffic('tunnel.yaml'), block);
  const port = await freePort();
  const made = orrery('node', topologyFile, '--new-keys', join(folder, name, 'keys'));
  expect(await made.ended).toBe(0);
  const deploy = (...lines: readonly string[]): string =>
    write(
      `${name}/deployment.yaml`,
      [`coordinator: 127.0.0.1:${port}`, 'keys: keys', ...lines, ''].join('\n'),
      block,
    );
  const deploymentFile = deploy(log);
  const out = join(folder, name, 'out');
  const flags = ['--deployment', deploymentFile];
  const live = orrery('live', scenario, ...flags, '--out', out, '--no-trace');
  await live.says('waits at');
  const beganMs = performance.now();
  const nodes = Object.fromEntries(
    NODES.map((node) => {
      const state = join(folder, name, 'state');
      return [node, orrery('node', topologyFile, node, ...flags, '--state', state)];
    }),
  ) as Record<Name, Started>;
  const run = onlyRun(join(out, 'tunnel-traffic'));
  const entries = await processesIn(run, NODES.length);
  const ask = (node: Name, path: string): Promise<string> => {
    const entry = entries.find((one) => one.nodes.includes(node));
    return fetchText(entry?.operatorPort ?? 0, path);
  };
  const count = async (node: Name, metric: string): Promise<number> => {
    const line = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'm');
    return Number(line.exec(await ask(node, '/metrics'))?.[1] ?? Number.NaN);
  };
  await vi.waitFor(async () => expect(await ask('gateway-211', '/status')).toContain('"running"'), {
    timeout: 30_000,
    interval: 100,
  });
  return {
    ...{ live, nodes, block, topologyFile, deploymentFile },
    startMs: performance.now() - beganMs,
    deploy: (...lines) => void deploy(...lines),
    ask,
    count,
    report: () => JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')) as Report,
  };
}

function fetchText(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

/** Waits until a node's counter has grown by this much. */
async function grows(run: Tunnel, node: Name, metric: string, by: number): Promise<void> {
  const before = await run.count(node, metric);
  await vi.waitFor(
    async () => expect(await run.count(node, metric)).toBeGreaterThanOrEqual(before + by),
    { timeout: 20_000, interval: 100 },
  );
}

const CHECKED = 'orrery_antireplay_checks_total';

describe('a running node', () => {
  it('R-061, R-248: reads its files again on SIGHUP, and loses no packet over it', async () => {
    const run = await tunnel('reload', 21, 'log: warn');
    const node = run.nodes['gateway-111'];
    const hangUp = async (words: string): Promise<void> => {
      node.child.kill('SIGHUP');
      await node.says(words);
    };
    const levels = async (): Promise<unknown> =>
      JSON.parse(await run.ask('gateway-111', '/log-level'));
    expect(await levels()).toEqual({ level: 'warn', components: {} });
    await grows(run, 'gateway-211', CHECKED, 50);

    run.deploy('log: info,gateway:debug');
    await hangUp('SIGHUP: applied log: warn -> info,gateway:debug');
    expect(await levels()).toEqual({ level: 'info', components: { gateway: 'debug' } });
    // A setting that was removed from the file is no longer in effect.
    run.deploy('log: info,scion:error');
    await hangUp('SIGHUP: applied log: info,gateway:debug -> info,scion:error');
    expect(await levels()).toEqual({ level: 'info', components: { scion: 'error' } });
    await hangUp('SIGHUP: applied nothing (no difference)');

    const file = run.deploymentFile;
    run.deploy('log: debug', 'shape: off');
    await hangUp(`SIGHUP: needs a restart: ${file}: shape`);
    expect(await levels()).toEqual({ level: 'debug', components: {} });
    const wider = TUNNEL.replace(
      'run: gateway,',
      'run: gateway, options: { antiReplay: { windowSize: 4096 } },',
    );
    write('reload/tunnel.yaml', wider, run.block);
    await hangUp(
      `SIGHUP: needs a restart: ${file}: shape, ${run.topologyFile}: gateway-111.options.`,
    );

    // What a node can change while it runs is changed, and named once.
    const calmer = TUNNEL.replaceAll(
      'run: gateway,',
      'run: gateway, options: { overload: { delay: 20ms } },',
    );
    write('reload/tunnel.yaml', calmer, run.block);
    await hangUp('SIGHUP: applied gateway-111.options.overload');
    await hangUp(`SIGHUP: needs a restart: ${file}: shape`);
    // Once the change stayed in force although the file had taken it back.
    write('reload/tunnel.yaml', TUNNEL, run.block);
    node.child.kill('SIGHUP');
    const changes = (): number =>
      node.stderr().split('SIGHUP: applied gateway-111.options.overload').length - 1;
    await vi.waitFor(() => expect(changes()).toBe(2), { timeout: 20_000, interval: 100 });

    // Invalid files are reported with line and column, and none of their settings is applied.
    run.deploy('shape: off', 'log: wran');
    await hangUp(`nothing changed, the file is bad: ${file}:4:6  log: \\"wran\\" is not levels`);
    run.deploy('log: error', 'hosts: { nobody: 127.0.0.9 }');
    await hangUp(
      `nothing changed, the file is bad: ${file}:4:10  hosts.nobody: \\"nobody\\" is not a node`,
    );
    write('reload/tunnel.yaml', TUNNEL.replace('run: gateway,', 'run: gatewey,'), run.block);
    await hangUp(`nothing changed, the file is bad: ${run.topologyFile}:`);
    expect(await levels()).toEqual({ level: 'debug', components: {} });

    // The same process continues with the same keys.
    await grows(run, 'gateway-211', CHECKED, 50);
    expect(node.child.exitCode).toBeNull();
    expect(node.stderr()).not.toContain('epoch');
    run.live.child.kill('SIGINT');
    expect(await run.live.ended).toBe(130);
    const { metrics } = run.report();
    const [sent, came] = [metrics['gateway.accepted'], metrics['gateway.throughput']];
    expect(sent?.value).toBeGreaterThan(100);
    // Packets that are on their way when the run is interrupted do not arrive.
    expect(came?.count).toBeGreaterThanOrEqual((sent?.value ?? 0) - 3);
    expect(metrics['live.restart']?.count).toBe(0);
  });

  it('R-062: drains on SIGTERM and SIGINT with packets on their way, and ends with 0', async () => {
    const run = await tunnel('ends', 22, 'log: info');
    await grows(run, 'gateway-211', CHECKED, 50);
    for (const [name, signal] of [
      ['gateway-111', 'SIGTERM'],
      ['gateway-211', 'SIGINT'],
    ] as const) {
      const node = run.nodes[name];
      const atMs = performance.now();
      node.child.kill(signal);
      expect(await node.ended, node.stderr()).toBe(0);
      expect(performance.now() - atMs).toBeLessThan(DRAINED_MS + besides(run.startMs));
      expect(node.stderr()).toContain(`${signal}: draining, at most 4500 ms`);
      expect(node.stderr().trimEnd()).toMatch(/"message":"drained"}$/);
    }

    // If the coordinator is stopped, its channel cannot close properly; it is cut in time, and the
    // log says so.
    const router = run.nodes['br-111'];
    run.live.child.kill('SIGSTOP');
    const atMs = performance.now();
    router.child.kill('SIGTERM');
    expect(await router.ended).toBe(1);
    const tookMs = performance.now() - atMs;
    expect(tookMs).toBeGreaterThan(DRAINED_MS - 100);
    expect(tookMs).toBeLessThan(DRAINED_MS + 250 + besides(run.startMs));
    expect(router.stderr()).toContain('not drained within 4500 ms: node br-111, operator endpoint');

    run.live.child.kill('SIGCONT');
    run.live.child.kill('SIGINT');
    expect(await run.live.ended).toBe(130);
    const words = warningsOf(run.report());
    expect(words).toMatch(/^gateway-111: ended by itself at \d+\.\d s$/m);
    expect(words).toMatch(/^gateway-211: ended by itself at \d+\.\d s$/m);
    // Before they ended, the processes sent their measurements.
    expect(run.report().metrics['gateway.throughput']?.count).toBeGreaterThan(20);
  });

  it('R-062: is killed within 5 s of SIGTERM when it computes without end', async () => {
    const module = fileURLToPath(new URL('./breaking-node.ts', import.meta.url));
    const stuck = CABLE.replace(
      'bob, run: ping',
      `bob, run: ${module}, options: { breaks: stop }`,
    ).replace('alice, run: ping', `alice, run: ${module}`);
    write('stuck.yaml', stuck, blockOf(24));
    const text = pings('stuck.yaml', '7s').replace(/kpis: .*/, 'kpis: {}');
    const beganMs = performance.now();
    const run = await spread(write('stuck-pings.yaml', text));
    await run.reach(300);
    const startMs = performance.now() - beganMs;
    const bob = run.processes().find(({ nodes }) => nodes.includes('bob'))?.pid ?? 0;
    const atMs = performance.now();
    process.kill(bob, 'SIGTERM');
    await allGone([bob]);
    const tookMs = performance.now() - atMs;
    // A quarter of a second after it should have drained.
    expect(tookMs).toBeGreaterThan(DRAINED_MS + 150);
    expect(tookMs).toBeLessThan(DRAINED_MS + 250 + besides(startMs));
    const report = reportOn(await run.end);
    expect(warningsOf(report)).toMatch(/^bob: the process ended at .*SIGKILL.*$/m);
  });

  it('R-062: obeys signals while it waits for its coordinator', async () => {
    mkdirSync(join(folder, 'waits'));
    const block = blockOf(23);
    const topology = write('waits/tunnel.yaml', TUNNEL, block);
    const keys = orrery('node', topology, '--new-keys', join(folder, 'waits', 'keys'));
    expect(await keys.ended).toBe(0);
    const port = await freePort();
    const text = `coordinator: 127.0.0.1:${port}\nkeys: keys\n`;
    const file = write('waits/deployment.yaml', text);
    const node = orrery('node', topology, 'br-111', '--deployment', file);
    await node.says('waits for the coordinator');
    write('waits/deployment.yaml', `${text}log: debug\n`);
    node.child.kill('SIGHUP');
    await node.says('SIGHUP: applied log: info -> debug');
    node.child.kill('SIGTERM');
    expect(await node.ended).toBe(0);
    expect(node.stderr()).toContain('"drained"');
  });
});
