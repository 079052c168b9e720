/**
 * The folder in which a node stores its keys: who may read it, and that only one process uses it.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { FileDisk } from '../../engine/live/file-disk.ts';
import { lockFolder } from '../../engine/live/folder-lock.ts';
import { LiveWorld } from '../../engine/live/live-world.ts';
import { makeFrame, RECORD_FRAME, TRUNCATE_FRAME } from '../../engine/net/store-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-state-test-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function fresh(): string {
  count += 1;
  return join(folder, `state-${count}`);
}

const holderFile = fileURLToPath(new URL('./holder.ts', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  readonly said: string;
}

/** Starts a process that locks the folder, and waits for its first line. */
function start(place: string): Promise<Started> {
  const args = ['--import', 'tsx', holderFile, place];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve({ child, said: String(chunk).trim() }));
  });
}

async function kill({ child }: Started): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('stores', () => {
  it('are for their owner only, whatever the umask, also when they are written anew', async () => {
    const before = process.umask(0);
    try {
      const place = join(fresh(), 'alice');
      const path = join(place, 'keys.log');
      const disk = new FileDisk(path);
      const synced = (): Promise<unknown> => new Promise((done) => disk.sync(done));
      disk.append(makeFrame(RECORD_FRAME, Uint8Array.of(1)));
      await synced();
      expect([modeOf(place), modeOf(path)]).toEqual([0o700, 0o600]);
      disk.append(makeFrame(TRUNCATE_FRAME, new Uint8Array(8)));
      await synced();
      await disk.close();
      expect(readdirSync(place)).toEqual(['keys.log']);
      expect(modeOf(path)).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('that everybody could read are closed when they are opened', () => {
    const place = fresh();
    mkdirSync(place);
    const path = join(place, 'keys.log');
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    new FileDisk(path);
    expect(modeOf(path)).toBe(0o600);
  });
});

describe('two processes on one folder', () => {
  it('cannot be: the second is refused by the name of the first', async () => {
    const place = fresh();
    const first = await start(place);
    const second = await start(place);
    expect([first.said, second.said]).toEqual([
      'held',
      `${place}: process ${first.child.pid} uses it; end it, or name another folder`,
    ]);
    expect(modeOf(join(place, '.lock'))).toBe(0o600);
  });

  it('follow each other at once after kill -9, and nothing is left beside the lock', async () => {
    const place = fresh();
    for (let round = 0; round < 3; round += 1) {
      const one = await start(place);
      expect(one.said).toBe('held');
      await kill(one);
    }
    expect(readdirSync(place)).toEqual(['.lock']);
  });

  it('that come at the same moment after a crash: one gets it', async () => {
    const place = fresh();
    await kill(await start(place));
    const all = await Promise.all(Array.from({ length: 6 }, () => start(place)));
    expect(all.filter(({ said }) => said === 'held')).toHaveLength(1);
  });

  it('of one process are refused too, and a lock that was given back is free', () => {
    const place = fresh();
    const lock = lockFolder(place);
    expect(() => lockFolder(place)).toThrow(`${place}: this process uses it; end it, or name`);
    lock.release();
    lock.release();
    expect(existsSync(join(place, '.lock'))).toBe(false);
    lockFolder(place).release();
  });

  it('as nodes: the second node is refused by name', async () => {
    const place = fresh();
    const worlds = [1, 2].map((n) => {
      const crypto = createCryptoProvider('node');
      const world = new LiveWorld({
        seed: 1,
        cryptoFor: () => crypto,
        stateFolder: place,
        onFailure: (error) => expect.fail(String(error)),
      });
      world.addHost({ name: 'alice', address: `127.88.${process.pid & 255}.${n}` });
      world.seal();
      return world;
    });
    const [first, second] = worlds.map((world) => world.host('alice'));
    first!.store('keys');
    first!.store('tags');
    expect(() => second!.store('keys')).toThrow(
      /^alice: store keys: .*alice: this process uses it/,
    );
    await worlds[0]!.close();
    second!.store('keys');
    await worlds[1]!.close();
    expect(readdirSync(join(place, 'alice')).sort()).toEqual(['keys.log', 'tags.log']);
  });
});

describe('a lock', () => {
  function leave(place: string, change: Readonly<Record<string, unknown>>): void {
    const path = join(place, '.lock');
    const lock = lockFolder(place);
    const holder = JSON.parse(readFileSync(path, 'utf8')) as object;
    lock.release();
    writeFileSync(path, JSON.stringify({ ...holder, ...change }));
  }

  it('of a process whose number somebody else has now does not block', () => {
    const place = fresh();
    // A lock with the number of this process but another start time.
    leave(place, { start: '1' });
    lockFolder(place).release();
  });

  it('of a start of the machine that is over does not block, once it is silent', () => {
    const place = fresh();
    leave(place, { space: 'another boot' });
    expect(() => lockFolder(place)).toThrow('uses it; end it');
    const past = new Date(Date.now() - 31_000);
    utimesSync(join(place, '.lock'), past, past);
    lockFolder(place).release();
  });

  it.each(['', '{', '[]', '{"pid":-1}', '{"pid":"1","start":"1","space":"x","mark":"y"}'])(
    'that is none does not block: %j',
    (text) => {
      const place = fresh();
      mkdirSync(place);
      writeFileSync(join(place, '.lock'), text);
      lockFolder(place).release();
    },
  );

  it('that somebody else has put there meanwhile is not removed', async () => {
    const place = fresh();
    const lock = lockFolder(place);
    rmSync(join(place, '.lock'));
    const other = await start(place);
    expect(other.said).toBe('held');
    lock.release();
    expect(existsSync(join(place, '.lock'))).toBe(true);
  });
});
