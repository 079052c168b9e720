/**
 * Allows one process per folder: a second process is refused with an error that names the holder, and a process that
 * has died does not keep the lock.
 *
 * The lock is a file that names its holder: number and start time of the process, start of the machine,
 * and the PID namespace in which the number is valid. So another process to which the system has given the
 * same number later is not mistaken for the holder. Where the holder cannot be inspected – in another
 * container, on another machine, on a system without `/proc` – it counts as alive as long as it renews
 * the file.
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
import { EnvironmentError, systemErrorCode } from './environment.ts';
import { isHardLinkError } from './erase-file.ts';

/** The lock file; it differs from all stores, whose names end in `.log`. */
const LOCK_NAME = '.lock';
const OWNER_ONLY = 0o600;
const RENEW_MS = 5_000;
/**
 * Time after which a holder that cannot be inspected and has not renewed the lock counts as dead, ms.
 */
const SILENT_MS = 30_000;
/** Largest number of processes that may try to take over a lock at the same moment. */
const TRIES_MAX = 10;

/** The process that holds a folder. */
interface Holder {
  readonly pid: number;
  /** Start of the process, in ticks since the start of the machine; empty if unknown. */
  readonly start: string;
  /** The namespace in which the process number is valid. */
  readonly space: string;
  /** Distinguishes two locks that the same process has taken one after the other. */
  readonly mark: string;
}

/** A folder that this process has locked. */
export interface FolderLock {
  /** Releases the lock. */
  release(): void;
}

/**
 * Folders that this process holds: a second holder in the same process is refused, too.
 */
const held = new Set<string>();

/**
 * Locks a folder, which is created if it does not exist.
 * @throws EnvironmentError that names the holder; errors of the file system.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, LOCK_NAME);
  if (held.has(path)) throw inUse(folder, process.pid);
  const own = { ...ownPlace(), mark: randomBytes(8).toString('hex') };
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    if (createLockFile(path, own)) return holdOn(path, own);
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
    // The file was removed by somebody else, so there is nothing to renew.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** Creates the lock file together with its content; false if there is a lock file already. */
function createLockFile(path: string, own: Holder): boolean {
  const draft = `${path}.${own.mark}`;
  const text = JSON.stringify(own);
  const how = { mode: OWNER_ONLY, flag: 'wx' } as const;
  writeFileSync(draft, text, how);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    if (!isHardLinkError(error)) throw error;
    if (readIfThere(path) !== undefined) return false;
    writeFileSync(path, text, how);
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a dead holder, unless another process has just replaced it. */
function removeDead(path: string, seen: string): void {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== seen) linkSync(aside, path);
  } catch (error) {
    // Another process has taken over in the meantime; its lock stays.
    if (systemErrorCode(error) !== 'EEXIST') throw error;
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

/** Start time of a running process (proc(5): the 22nd field, after a name that may contain any character). */
function startOf(pid: number): string | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields ?? [];
  // A process that has died but has not been reaped.
  if (state === 'Z' || state === 'X') return undefined;
  return fields?.[19];
}

function ownSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Outside Linux, process numbers are only unique per machine.
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
    // A lock file always has its whole content, so this file is not a lock.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
