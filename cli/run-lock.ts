/**
 * Locks a folder while a run writes to it, so that a second run of the same name goes elsewhere.
 *
 * A lock is a file with the id of its process. A lock is invalid once that process has ended. This
 * is noticed even if a new process has the same id, on systems that say when a process began.
 *
 * @module
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemErrorCode } from '../engine/live/environment.ts';

/** A lock on a run's folder that this process holds. */
export interface RunLock {
  release(): void;
}

/**
 * Locks a run's folder against a second process.
 * @returns the lock, or the id of the other process that holds it.
 */
export function acquireRunLock(path: string): RunLock | { readonly heldBy: number } {
  while (!isCreated(path)) {
    const owner = readOwner(path);
    if (owner === undefined) continue;
    if (isAlive(owner)) return { heldBy: owner.pid };
    removeStale(path, owner);
  }
  return { release: () => rmSync(path, { force: true }) };
}

interface Owner {
  readonly pid: number;
  /**
   * Start time of the process in the format of the operating system; empty if it is not available.
   */
  readonly began: string;
}

function isCreated(path: string): boolean {
  try {
    writeFileSync(path, ownerText(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds a lock; undefined if the lock was released in the meantime. */
function readOwner(path: string): Owner | undefined {
  try {
    const [pid = '', began = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), began };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a stale lock. If several processes find it, only one removes it; a lock that another process
 * has taken in the meantime is put back.
 */
function removeStale(path: string, stale: Owner): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const found = readOwner(aside);
  if (found?.pid === stale.pid && found.began === stale.began) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function isAlive({ pid, began }: Owner): boolean {
  try {
    // A lock file that is still empty reads as id 0, for which `kill` succeeds, so its owner counts as
    // running.
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user also counts as running.
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  // A process that has ended keeps its id until its parent waits for it (a zombie).
  if (/^[ZX]$/.test(statOf(pid)[0] ?? '')) return false;
  const now = beganText(pid);
  return began === '' || now === '' || began === now;
}

function ownerText(pid: number): string {
  return `${pid} ${beganText(pid)}`.trimEnd();
}

/** Field 22 of proc(5), /proc/PID/stat: the start of the process in ticks after the boot. */
function beganText(pid: number): string {
  return statOf(pid)[19] ?? '';
}

/** The fields of /proc/PID/stat (proc(5)) from the third on, which is the state of the process. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
