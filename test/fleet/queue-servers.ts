/** Real queue servers of the system, on a port and in a folder of their own, which can be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/free-port.ts';

/** A server. */
export interface QueueServer {
  readonly address: string;
  /** Ends it at once, as a power cut would, and starts it on what the disk has. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis that keeps every command on its disk. */
export async function startRedis(): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-redis-'));
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const ready = (): boolean =>
    spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout === 'PONG\n';
  const start = (): ChildProcess =>
    spawn('redis-server', [...words, ...durable, '--requirepass', ''], { stdio: 'ignore' });
  return await served(`redis://127.0.0.1:${port}/0`, { folder, start, ready });
}

/** Starts a PostgreSQL with a fresh database; it does not run as root, so that it gets its own user. */
export async function startPostgres(): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-postgres-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  const bin = postgresFolder();
  const owner = process.getuid?.() === 0 ? userOf('postgres') : undefined;
  const user = owner ?? {};
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'orrery', '-E', 'UTF8'],
    {
      ...user,
      cwd: folder,
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const ready = (): boolean =>
    spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
  const start = (): ChildProcess =>
    spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
      {
        ...user,
        cwd: folder,
        stdio: 'ignore',
      },
    );
  return await served(`postgres://orrery@127.0.0.1:${port}/postgres`, { folder, start, ready });
}

/** What a server is made from. */
interface ServerParts {
  readonly folder: string;
  readonly start: () => ChildProcess;
  readonly ready: () => boolean;
}

async function served(
  address: string,
  { folder, start, ready }: ServerParts,
): Promise<QueueServer> {
  let child = await begun({ start, ready });
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGKILL');
    await ended;
  };
  return {
    address,
    restart: async (): Promise<void> => {
      await end();
      child = await begun({ start, ready });
    },
    stop: async (): Promise<void> => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function begun({
  start,
  ready,
}: Pick<ServerParts, 'start' | 'ready'>): Promise<ChildProcess> {
  // One that was killed may leave helpers that hold its memory for a moment.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const child = start();
    for (let look = 0; look < 100 && child.exitCode === null; look += 1) {
      if (ready()) return child;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the server does not start');
}

function postgresFolder(): string {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const version = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  if (version === undefined) throw new Error('PostgreSQL is not installed');
  return join('/usr/lib/postgresql', version, 'bin');
}

function userOf(name: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid = '', gid = ''] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
