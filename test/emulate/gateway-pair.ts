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

/** A gateway, and the ports of its servers. */
export interface RunningGateway {
  readonly name: string;
  readonly child: ChildProcess;
  readonly http: number;
  readonly grpc: number;
  readonly operator: number;
}

/** Two gateways that reach each other. */
export interface GatewayPair {
  readonly gateways: readonly [RunningGateway, RunningGateway];
  /** Kills all processes. */
  close(): void;
}

const ORRERY = join(ROOT, 'cli/start.mjs');
const READY_MS_MAX = 90_000;

/** Starts them, and the network for so long; resolves when each reaches the other. */
export async function startGatewayPair(durationS: number): Promise<GatewayPair> {
  const children: ChildProcess[] = [];
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  const start = (...words: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [ORRERY, ...words], { cwd: folder, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const topology = readFileSync(join(ROOT, 'topologies/two-offices.yaml'), 'utf8')
    .replaceAll('address: 127.90.1', `address: ${block}`)
    .replaceAll('program: 127.91.1.', `program: ${block}.10`);
  writeFileSync(join(folder, 'net.yaml'), topology);
  const open = async (name: string): Promise<Omit<RunningGateway, 'child'>> => {
    const ports = { http: await freePort(), grpc: await freePort(), operator: await freePort() };
    writeFileSync(
      join(folder, `${name}.toml`),
      `[htx]\nbind_addr = "127.0.0.1:${ports.http}"\n[metrics]\nbind_addr = "127.0.0.1:${ports.operator}"\n` +
        `[orrery]\ntopology = "net.yaml"\nnode = "${name}"\ngrpc_addr = "127.0.0.1:${ports.grpc}"\n`,
    );
    return { name, ...ports };
  };
  const [first, second] = [await open('gateway-111'), await open('gateway-112')];
  const made = [ORRERY, 'gateway', `${first.name}.toml`, '--new-keys'];
  spawnSync(process.execPath, made, { cwd: folder });
  start(
    ...['emulate', 'emulate-gateways.yaml', '--set', `topology=${join(folder, 'net.yaml')}`],
    ...['--set', `duration=${durationS}s`, '--set', 'events=[]', '--out', 'runs', '--json'],
  );
  const run = (one: typeof first): RunningGateway => ({
    ...{ ...one, child: start('gateway', `${one.name}.toml`) },
  });
  const gateways = [run(first), run(second)] as const;
  const endMs = performance.now() + READY_MS_MAX;
  for (const { name, http } of gateways) {
    const health = `http://127.0.0.1:${http}/health`;
    while ((await fetch(health).catch(() => undefined))?.status !== 200) {
      if (performance.now() > endMs) {
        close();
        throw new Error(`${name} does not reach its peer`);
      }
      await sleep(200);
    }
  }
  return { gateways, close };
}
