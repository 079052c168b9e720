/**
 * Part of `npm run test:interop`: a client in Python, made with the reference implementation of gRPC, sends packets over one
 * gateway and receives them over another. It learns the calls by reflection (tools/interop/grpc/client.py).
 *
 * The gateways are processes as in docs/how-to/gateway.md, with its network, which `orrery emulate` runs. Skipped without Python;
 * the packages are installed into an environment in the folder of the run.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const GATEWAYS = ['111', '112'] as const;
const RECEIVER_IA = '1-ff00:0:112';
/** Longest wait for a session, ms. */
const PATIENCE_MS = 60_000;
const POLL_MS = 200;
const SAID_MAX = 4_000;

/** Runs the check. @returns (resolves) false if it failed; true if it passed or was skipped. */
export async function checkGatewayClient(folder: string): Promise<boolean> {
  const python = installPython(folder);
  if (python === undefined) {
    console.log('skip: no client of the gateways: Python, or its packages, cannot be had');
    return true;
  }
  const ports = [await freePort(), await freePort()] as const;
  writeFiles(folder, ports);
  const said: string[] = [];
  const start = (...words: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, ['cli/start.mjs', ...words]);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
    }
    return child;
  };
  const file = (name: string): string => join(folder, name);
  spawnSync(process.execPath, ['cli/start.mjs', 'gateway', file('gateway-111.toml'), '--new-keys']);
  const children = [
    start(...['emulate', 'emulate-gateways.yaml', '--set', 'events=[]', '--out', file('runs')]),
    ...GATEWAYS.map((name) => start('gateway', file(`gateway-${name}.toml`))),
  ];
  try {
    const isReady = await waitFor(() => count(said.join(''), 'path is alive') >= GATEWAYS.length);
    const [sender, receiver] = ports.map((port) => `127.0.0.1:${port}`);
    const client = 'tools/interop/grpc/client.py';
    const { status, stdout, stderr } = spawnSync(
      python,
      [client, sender ?? '', receiver ?? '', RECEIVER_IA],
      { encoding: 'utf8', timeout: PATIENCE_MS },
    );
    console.log(`gRPC of two gateways, asked from Python:\n${stdout}${stderr}`.trimEnd());
    if (!isReady || status !== 0) console.log(said.join('').slice(-SAID_MAX));
    return isReady && status === 0;
  } finally {
    for (const child of children) child.kill('SIGTERM');
  }
}

/** Makes an environment with the packages. @returns its interpreter; undefined if it cannot be made. */
function installPython(folder: string): string | undefined {
  const place = join(folder, 'python');
  const python = join(place, 'bin/python');
  const packages = ['-m', 'pip', 'install', '-q', '-r', 'tools/interop/grpc/requirements.txt'];
  const isMade =
    spawnSync('python3', ['-m', 'venv', place]).status === 0 &&
    spawnSync(python, packages, { stdio: 'ignore' }).status === 0;
  return isMade ? python : undefined;
}

function writeFiles(folder: string, ports: readonly [number, number]): void {
  for (const [index, name] of GATEWAYS.entries()) {
    writeFileSync(
      join(folder, `gateway-${name}.toml`),
      `[htx]
bind_addr = "127.0.0.1:0"
[metrics]
bind_addr = "127.0.0.1:0"
[orrery]
topology = "two-offices.yaml"
node = "gateway-${name}"
grpc_addr = "127.0.0.1:${ports[index]}"
`,
    );
  }
}

async function waitFor(holds: () => boolean): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds() && performance.now() < end) await sleep(POLL_MS);
  return holds();
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
