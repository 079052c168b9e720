/**
 * Two gateways for tests, a process each, run from their own files beside an emulated network.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tools/free-port.ts';
import { ROOT } from '../architecture/files.ts';
import { block, folder } from './support.ts';

/** A process, and what it has written, the last megabyte of it. */
export interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** A gateway, its file and the ports of its servers. */
export interface RunningGateway extends Running {
  readonly name: string;
  readonly file: string;
  readonly http: number;
  readonly grpc: number;
  readonly operator: number;
}

/** Two gateways that reach each other. */
export interface GatewayPair {
  readonly gateways: readonly [RunningGateway, RunningGateway];
  readonly network: Running;
  /** When the network was started, ms of `performance.now()`. */
  readonly startedMs: number;
  /** Kills all processes. */
  close(): void;
}

const ORRERY = join(ROOT, 'cli/start.mjs');
const READY_MS_MAX = 90_000;
const OUTPUT_MAX = 1_000_000;

/** Starts them, and the network for so long, with faults; resolves when each reaches the other. */
export async function startGatewayPair(durationS: number, events = '[]'): Promise<GatewayPair> {
  const children: ChildProcess[] = [];
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  const start = (...words: readonly string[]): Running => {
    const child = spawn(process.execPath, [ORRERY, ...words], { cwd: folder });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text = `${text}${chunk.toString()}`.slice(-OUTPUT_MAX);
      });
    }
    return { child, output: () => text };
  };
  const topology = readFileSync(join(ROOT, 'topologies/two-offices.yaml'), 'utf8')
    .replaceAll('address: 127.90.1', `address: ${block}`)
    .replaceAll('program: 127.91.1.', `program: ${block}.10`);
  writeFileSync(join(folder, 'net.yaml'), topology);
  const open = async (name: string): Promise<Omit<RunningGateway, keyof Running>> => {
    const ports = { http: await freePort(), grpc: await freePort(), operator: await freePort() };
    const file = join(folder, `${name}.toml`);
    writeFileSync(
      file,
      `[htx]\nbind_addr = "127.0.0.1:${ports.http}"\n[metrics]\nbind_addr = "127.0.0.1:${ports.operator}"\n` +
        `[orrery]\ntopology = "net.yaml"\nnode = "${name}"\ngrpc_addr = "127.0.0.1:${ports.grpc}"\n`,
    );
    return { name, file, ...ports };
  };
  const [first, second] = [await open('gateway-111'), await open('gateway-112')];
  const made = [ORRERY, 'gateway', first.file, '--new-keys'];
  const { stdout } = spawnSync(process.execPath, made, { cwd: folder, encoding: 'utf8' });
  if (!stdout.includes(`node-${second.name}.key`)) throw new Error(`no keys: ${stdout}`);
  const startedMs = performance.now();
  const network = start(
    ...['emulate', 'emulate-gateways.yaml', '--set', `topology=${join(folder, 'net.yaml')}`],
    ...['--set', `duration=${durationS}s`, '--set', `events=${events}`, '--out', 'runs', '--json'],
  );
  const run = (one: typeof first): RunningGateway => ({ ...one, ...start('gateway', one.file) });
  const gateways = [run(first), run(second)] as const;
  for (const { name, http, output } of gateways) {
    const health = `http://127.0.0.1:${http}/health`;
    while ((await fetch(health).catch(() => undefined))?.status !== 200) {
      if (performance.now() - startedMs > READY_MS_MAX) {
        close();
        throw new Error(`${name} does not reach its peer: ${output()}`);
      }
      await sleep(100);
    }
  }
  return { gateways, network, startedMs, close };
}
