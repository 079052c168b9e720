/**
 * Helpers for tests of hostile machines: the command line as one file, and ports that are in use.
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

/** Bundles a module with all modules of this project that it imports. */
export async function bundle(source: string, outfile: string): Promise<void> {
  const entryPoints = [join(ROOT, source)];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
}

/** The result of a command. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The environment of a command: the number of files that it may open, and additional variables. */
export interface Surroundings {
  readonly files?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line in an environment that a test chooses. */
export class CommandLine {
  run(words: readonly string[], how: Surroundings = {}): Promise<Ended> {
    return this.#start([COMMAND_LINE, ...words], how);
  }

  /** Runs the program from its sources, module by module. */
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

/** Occupies a port as another program would; returns a function that releases it. */
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
