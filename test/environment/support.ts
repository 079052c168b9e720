/**
 * What the tests of a hostile machine share: the command line as one file, and ports that are held.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { COMMAND_LINE, FROM_SOURCE } from '../command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One file of a module and all that it imports of ours. */
export async function bundle(source: string, outfile: string): Promise<void> {
  const entryPoints = [join(ROOT, source)];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a command finds: how many files it may open, and more variables. */
export interface Surroundings {
  readonly files?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line in surroundings that a test chooses. */
export class CommandLine {
  run(words: readonly string[], how: Surroundings = {}): Promise<Ended> {
    return this.#start([COMMAND_LINE, ...words], how);
  }

  /** Runs it from its sources, module by module. */
  runSource(words: readonly string[], how: Surroundings): Promise<Ended> {
    return this.#start([...FROM_SOURCE, ...words], how);
  }

  #start(words: readonly string[], { files = 4_096, env = {} }: Surroundings): Promise<Ended> {
    const script = `ulimit -n ${files} && exec "$@"`;
    const child = spawn('bash', ['-c', script, 'bash', process.execPath, ...words], {
      cwd: ROOT,
      env: { ...process.env, GITHUB_STEP_SUMMARY: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return ended(child);
  }
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => void child.once('close', resolve));
  return { code, out, err };
}

/** Holds a port as another program would; returns how to let it go. */
export async function hold(
  kind: 'udp' | 'tcp',
  address: string,
  port: number,
): Promise<() => void> {
  if (kind === 'udp') {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(port, address, resolve);
    });
    return () => void socket.close();
  }
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, address, resolve);
  });
  return () => void server.close();
}
