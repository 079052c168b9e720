/**
 * Programs of the system through two gateways (docs/how-to/ip-tunnel.md): two network namespaces, in each the TUN device of a
 * gateway, and between the gateways an emulated SCION network of two providers.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../tools/free-port.ts';
import { ROOT } from '../architecture/files.ts';
import { tunMissing } from '../tun-here.ts';
import { block, cleanUp, folder } from './support.ts';

const missing = tunMissing('ping', 'iperf3');
if (missing !== undefined)
  process.stderr.write(`Tunnels of IP packets are not tested: ${missing}\n`);
const ORRERY = join(ROOT, 'cli/start.mjs');
const OFFICES = [1, 2].map((number) => ({
  ...{ node: `gateway-11${number}`, space: `orrery-${process.pid}-${number}` },
  ...{ device: `orr${process.pid}-${number}`, address: `10.${number}.0.1` },
})) as [Office, Office];
interface Office {
  readonly node: string;
  readonly space: string;
  readonly device: string;
  readonly address: string;
}
const POLICY = `advertise 1-ff00:0:111 0-0 10.1.0.0/16
      advertise 1-ff00:0:112 0-0 10.2.0.0/16
      accept 0-0 0-0 10.0.0.0/8`;
/** Providers fail one after the other, so a gateway has to leave its path at least once, s after the network's start. */
const FAULTS = '[{ at: 50s, for: 5s, crash: br-110 }, { at: 57s, for: 5s, crash: br-120 }]';
const FAULTS_OVER_MS = 110_000;
const running: ChildProcess[] = [];
const operators = new Map<string, number>();
let startedMs = 0;

function run(program: string, ...words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

function start(program: string, ...words: readonly string[]): { output: () => string } {
  const child = spawn(program, words, { cwd: folder });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return { output: () => text };
}

/** Runs a program in a namespace. */
async function inside({ space }: Office, ...words: readonly string[]): Promise<string> {
  const { output } = start('ip', 'netns', 'exec', space, ...words);
  await once(running.at(-1)!, 'close');
  return output();
}

/** Sends so many pings, one each 50 ms, and returns the sequence numbers that were answered. */
async function ping(count: number): Promise<readonly number[]> {
  const [from, to] = OFFICES;
  const words = ['-n', '-i', '0.05', '-c', String(count), '-W', '2', to.address];
  const text = await inside(from, 'ping', ...words);
  return [...text.matchAll(/icmp_seq=(\d+) ttl=64/g)].map(([, number]) => Number(number));
}

interface IperfReport {
  readonly error?: string;
  readonly end: {
    readonly sum?: { readonly lost_percent: number; readonly packets: number };
    readonly sum_received?: { readonly bits_per_second: number };
  };
}

async function iperf(...words: readonly string[]): Promise<IperfReport> {
  const [from, to] = OFFICES;
  const text = await inside(from, 'iperf3', '-c', to.address, '-J', '-t', '5', ...words);
  const report = JSON.parse(text) as IperfReport;
  expect(report.error).toBeUndefined();
  return report;
}

async function counter({ node }: Office, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${operators.get(node)}/metrics`)).text();
  return Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

describe.skipIf(missing !== undefined)('ping and iperf3 of the system through two gateways', () => {
  beforeAll(async () => {
    const network = readFileSync(join(ROOT, 'topologies/two-offices.yaml'), 'utf8')
      .replaceAll('address: 127.90.1', `address: ${block}`)
      .replaceAll('program: 127.91.1.', `program: ${block}.10`);
    // The network needs no routes, and so may have a file without them.
    writeFileSync(join(folder, 'plain.yaml'), network);
    const topology = network.replaceAll(
      /( *)ports: .*/g,
      `$&\n$1options: { routing: ${JSON.stringify(POLICY)} }`,
    );
    writeFileSync(join(folder, 'net.yaml'), topology);
    for (const { node, device } of OFFICES) {
      const [http, operator] = [await freePort(), await freePort()];
      operators.set(node, operator);
      writeFileSync(
        join(folder, `${node}.toml`),
        `[htx]\nbind_addr = "127.0.0.1:${http}"\n[metrics]\nbind_addr = "127.0.0.1:${operator}"\n` +
          `[orrery]\ntopology = "net.yaml"\nnode = "${node}"\n[orrery.tun]\nname = "${device}"\n`,
      );
    }
    run(process.execPath, ORRERY, 'gateway', 'gateway-111.toml', '--new-keys');
    const gateways = OFFICES.map(({ node }) =>
      start(process.execPath, ORRERY, 'gateway', `${node}.toml`),
    );
    for (const [index, { space, device, address }] of OFFICES.entries()) {
      await vi.waitFor(
        () => expect(gateways[index]?.output()).toContain(`IP packets by ${device}`),
        60_000,
      );
      run('ip', 'netns', 'add', space);
      run('ip', 'link', 'set', device, 'netns', space);
      run('ip', '-n', space, 'link', 'set', 'lo', 'up');
      run('ip', '-n', space, 'address', 'add', `${address}/8`, 'dev', device);
      run('ip', '-n', space, 'link', 'set', device, 'up');
    }
    start(
      ...[process.execPath, ORRERY, 'emulate', 'emulate-gateways.yaml'],
      ...['--set', `topology=${join(folder, 'plain.yaml')}`, '--set', 'duration=85s'],
      ...['--set', `events=${FAULTS}`, '--out', 'runs', '--json'],
    );
    startedMs = performance.now();
    // Until the network has found its paths, and the gateways have told each other their prefixes.
    while ((await ping(2)).length < 2) {
      expect(performance.now() - startedMs).toBeLessThan(40_000);
    }
  }, 150_000);
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    for (const { space } of OFFICES) spawnSync('ip', ['netns', 'delete', space]);
    cleanUp();
  });

  it('lose no ping on sound paths', async () => {
    expect(await ping(100)).toHaveLength(100);
  });

  it('carry TCP and UDP', async () => {
    const server = start('ip', 'netns', 'exec', OFFICES[1].space, 'iperf3', '-s', '--forceflush');
    while (!server.output().includes('listening')) await sleep(50);
    const tcp = (await iperf()).end.sum_received!;
    const udp = (await iperf('-u', '-b', '2M', '-l', '1000')).end.sum!;
    process.stderr.write(
      `TCP ${(tcp.bits_per_second / 1e6).toFixed(1)} Mbit/s, UDP ${udp.lost_percent} % of ${udp.packets} lost\n`,
    );
    expect(tcp.bits_per_second).toBeGreaterThan(1e6);
    expect(udp.packets).toBeGreaterThan(1_000);
    expect(udp.lost_percent).toBeLessThan(1);
  }, 30_000);

  it('go on pinging over the other provider while one is gone', async () => {
    const switches = async (): Promise<number> => {
      const name = 'orrery_gateway_fault_switches_total';
      const [first, second] = OFFICES;
      return (await counter(first, name)) + (await counter(second, name));
    };
    const before = await switches();
    let lost = 0;
    let sent = 0;
    // Three batches of 2 s after the first switch, because faults begin later where the network starts slowly.
    for (let after = 0; after < 3; ) {
      expect(performance.now() - startedMs, 'no gateway left its path').toBeLessThan(
        FAULTS_OVER_MS,
      );
      const answered = await ping(40);
      sent += 40;
      lost += 40 - answered.length;
      // 20 pings are a second.
      expect(40 - answered.length).toBeLessThan(20);
      if ((await switches()) > before) after += 1;
    }
    process.stderr.write(`${lost} of ${sent} pings lost while providers failed\n`);
    expect(lost).toBeLessThan(40);
  }, 120_000);

  it('refuse by name what no gateway has announced', async () => {
    const [office] = OFFICES;
    const refused = (): Promise<number> => counter(office, 'orrery_node_dropped_total.*"no-route"');
    const before = await refused();
    await inside(office, 'ping', '-n', '-c', '3', '-i', '0.05', '-W', '1', '10.77.0.1');
    expect((await refused()) - before).toBe(3);
  });
});
