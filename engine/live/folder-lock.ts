/**
 * One process for a folder: the second that wants it is refused by name, and a process that has died
 * does not keep it.
 *
 * The lock is a file that names its holder: number and start of the process, start of the machine,
 * and the space in which that number counts. So a number that the system has given to another
 * process since is not mistaken for the holder. Where the holder cannot be looked at – another
 * container, another machine, a system without `/proc` – it lives as long as it renews the file.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, systemCode } from './environment.ts';
import { hasNoLinks } from './erase-file.ts';

/** The file; stores end in `.log`. */
const LOCK_NAME = '.lock';
const OWNER_ONLY = 0o600;
const RENEW_MS = 5_000;
/** A holder that cannot be looked at has died when it has not renewed for so long. */
const SILENT_MS = 30_000;
/** Newcomers that may take a dead holder's place at the same moment. */
const TRIES_MAX = 10;

/** The process that holds a folder. */
interface Holder {
  readonly pid: number;
  /** Start of the process, in ticks since the start of the machine; empty where nobody tells. */
  readonly start: string;
  /** Where that number counts. */
  readonly space: string;
  /** Tells two locks of one process apart. */
  readonly mark: string;
}

/** A folder that is ours. */
export interface FolderLock {
  /** Gives it back. */
  release(): void;
}

/** Folders that this process holds: it is as bad as another one. */
const held = new Set<string>();

/**
 * Takes a folder; it is made when it is not there.
 * @throws EnvironmentError naming the process that has it; what the file system throws.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, LOCK_NAME);
  if (held.has(path)) throw inUse(folder, process.pid);
  const own = { ...ownPlace(), mark: randomBytes(8).toString('hex') };
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    if (place(path, own)) return holdOn(path, own);
    const text = readIfThere(path);
    const holder = holderOf(text);
    if (holder !== undefined && isAlive(holder, path)) throw inUse(folder, holder.pid);
    if (text !== undefined) removeDead(path, text);
  }
  throw new EnvironmentError(`${folder}: other processes want it at the same moment`);
}

function inUse(folder: string, pid: number): EnvironmentError {
  const whose = pid === process.pid ? 'this process' : `process ${pid}`;
  return new EnvironmentError(`${folder}: ${whose} uses it; end it, or name another folder`);
}

function holdOn(path: string, own: Holder): FolderLock {
  held.add(path);
  const timer = setInterval(() => renew(path), RENEW_MS).unref();
  return {
    release: (): void => {
      if (!held.delete(path)) return;
      clearInterval(timer);
      if (holderOf(readIfThere(path))?.mark === own.mark) rmSync(path, { force: true });
    },
  };
}

function renew(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (error) {
    // Somebody has removed it: there is nothing left to renew.
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Writes the lock with its content at once; false when there is one. */
function place(path: string, own: Holder): boolean {
  const draft = `${path}.${own.mark}`;
  const text = JSON.stringify(own);
  const how = { mode: OWNER_ONLY, flag: 'wx' } as const;
  writeFileSync(draft, text, how);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!hasNoLinks(error)) throw error;
    if (readIfThere(path) !== undefined) return false;
    writeFileSync(path, text, how);
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a dead holder's file away, unless somebody else has just done so and put its own there. */
function removeDead(path: string, seen: string): void {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== seen) linkSync(aside, path);
  } catch (error) {
    // Two have taken the place meanwhile: the one that is there stays.
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive({ pid, start, space }: Holder, path: string): boolean {
  const own = ownPlace();
  if (space === own.space && own.start !== '') return startOf(pid) === start;
  const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return ageMs < SILENT_MS;
}

function ownPlace(): Omit<Holder, 'mark'> {
  const { pid } = process;
  return { pid, start: startOf(pid) ?? '', space: ownSpace() };
}

/** Start of a process that runs; proc(5): the 22nd field, behind a name that may hold anything. */
function startOf(pid: number): string | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields ?? [];
  // A process that has died and that nobody has asked about yet.
  if (state === 'Z' || state === 'X') return undefined;
  return fields?.[19];
}

function ownSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // No Linux: numbers count on this machine.
    return hostname();
  }
}

function holderOf(text: string | undefined): Holder | undefined {
  try {
    const { pid, start, space, mark } = JSON.parse(text ?? '') as Partial<Holder>;
    const isWhole = typeof start === 'string' && typeof space === 'string' && mark !== undefined;
    return Number.isSafeInteger(pid) && isWhole
      ? { pid: pid as number, start, space, mark }
      : undefined;
  } catch {
    // A lock has its content from the first moment on: this is none.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
