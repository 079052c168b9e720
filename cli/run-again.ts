/**
 * `--watch`: runs the command, and runs it again whenever a file changes that the last run has read: scenario,
 * topology, traces, and every file in the folder of a user's module. Each run has a process of its own, because
 * a process never loads a changed module again.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setFileOpenedListener } from '../topologies/files/files-read.ts';
import type { ExitCode } from './exit.ts';

const FLAG = '--watch';
/** Environment variable that is set for processes that `--watch` starts. */
const TOLD = 'ORRERY_WATCHED';
/** Time to wait after a change, ms, because an editor writes a file in several steps. */
const SETTLE_MS = 100;

/** In a process that `--watch` started, tells the watching process of each file that is read. */
export function sendOpenedFilesToWatcher(): void {
  if (process.env[TOLD] !== undefined)
    setFileOpenedListener((path) => process.send?.({ opened: path }));
}

/**
 * Runs the command, and again after each change, until Ctrl-C.
 * @param file The scenario file, which need not exist yet.
 */
export async function rerunOnChange(file: string): Promise<ExitCode> {
  const files = new ChangedFiles();
  files.add(resolve(file));
  const stop = new AbortController();
  let child: ReturnType<typeof spawn> | undefined;
  const end = (): void => {
    stop.abort();
    child?.kill('SIGINT');
    files.wake();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  while (!stop.signal.aborted) {
    files.clear();
    child = startRun((path) => files.add(path));
    await new Promise((done) => child?.once('close', done));
    child = undefined;
    if (stop.signal.aborted) break;
    process.stderr.write(`\nruns again when ${files.names} changes; Ctrl-C ends it\n`);
    const changed = await files.changed();
    if (changed !== undefined) process.stderr.write(`\n${changed} has changed\n\n`);
  }
  files.close();
  return 130;
}

/**
 * Starts a run in its own process group; otherwise Ctrl-C would reach it twice, and the second SIGINT ends it at
 * once.
 */
function startRun(onOpened: (path: string) => void): ReturnType<typeof spawn> {
  const words = process.argv.slice(1).filter((word) => word !== FLAG);
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [TOLD]: '1' },
    detached: true,
  });
  child.on('message', (message) => {
    const { opened } = message as { readonly opened?: unknown };
    if (typeof opened === 'string') onOpened(opened);
  });
  return child;
}

/** Watches files for changes. */
class ChangedFiles {
  /** Watched names by folder; folders are watched, because an editor replaces a file by a new one. */
  readonly #names = new Map<string, Set<string>>();
  readonly #watchers = new Map<string, FSWatcher>();
  #changed: string | undefined;
  #wake: (() => void) | undefined;

  add(path: string): void {
    const folder = dirname(path);
    const names = this.#names.get(folder) ?? new Set();
    names.add(basename(path));
    this.#names.set(folder, names);
    if (this.#watchers.has(folder)) return;
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    const watcher = watch(folder, (_, name) => this.#hear(folder, name ?? ''));
    // A watcher fails when its folder is deleted; then there is nothing left to watch, so the error
    // is ignored.
    watcher.on('error', () => undefined);
    this.#watchers.set(folder, watcher);
  }

  /** The names of the watched files, for people. */
  get names(): string {
    return [...this.#names.values()].flatMap((names) => [...names]).join(' or ');
  }

  /** Forgets the changes seen so far. */
  clear(): void {
    this.#changed = undefined;
  }

  /** Waits for a change since {@link clear}, and until it is complete. @returns the file, or undefined if woken. */
  async changed(): Promise<string | undefined> {
    if (this.#changed === undefined) {
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
    if (this.#changed !== undefined) await new Promise((done) => setTimeout(done, SETTLE_MS));
    return this.#changed;
  }

  wake(): void {
    this.#wake?.();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #hear(folder: string, name: string): void {
    const names = this.#names.get(folder);
    const isModule = (one: string): boolean => /\.[cm]?[jt]s$/.test(one);
    const isBeside = isModule(name) && [...(names ?? [])].some(isModule);
    if (names?.has(name) !== true && !isBeside) return;
    this.#changed = name;
    this.wake();
  }
}
