/**
 * The folder to which a run writes: named after the run's inputs, it holds only the last run with these
 * inputs. The previous run is moved aside to a folder with its time in the name; ten such folders are
 * kept (docs/how-to/runs.md).
 *
 * A folder is deleted only when it is below the folder of the scenario, has a name with a time, and
 * holds nothing but files that a run writes.
 *
 * @module
 */
import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EnvironmentError, findPathError } from '../engine/live/environment.ts';
import { RESULTS_FILE_NAME } from '../runner/sweep/results-file.ts';
import { isRunFile, RECORDING_FILES, VERDICT_FILES } from './run-files.ts';
import { acquireRunLock, type RunLock } from './run-lock.ts';
import { makeWritableFolder } from './whole-files.ts';

/** Largest number of former runs of one name whose folders are kept. */
export const FORMER_RUNS_MAX = 10;

/** Name of the symbolic link to the last run of a scenario. */
const LATEST = 'latest';

/** The suffix in the folder name of a run that was moved aside. */
const STAMP = /^_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(?:-\d+)?$/;

/** The part of a run's folder that a runner needs. */
export type RunnerFolder = Pick<RunFolder, 'folder' | 'rename'>;

/** The folder of a run, which it locks while the run writes. */
export class RunFolder {
  readonly #name: string;
  #folder: string;
  #former: string | undefined;
  #lock: RunLock | undefined;

  /**
   * Takes the folder with the given name, or another one if a run is writing there.
   * @param folder The wanted folder; its parent belongs to the scenario.
   * @param onNotice Called if the run gets another folder.
   * @param goesOn True if this run continues the one in the folder, whose files then stay.
   * @throws EnvironmentError if the folder is not writable.
   */
  constructor(
    folder: string,
    onNotice: (text: string) => void,
    goesOn: (folder: string) => boolean = (): boolean => false,
  ) {
    this.#name = basename(folder);
    this.#folder = folder;
    makePlace(folder);
    try {
      this.#take(onNotice, goesOn);
    } catch (error) {
      this.release();
      throw findPathError(error, folder) ?? error;
    }
  }

  /** Path of the folder to which the run writes. */
  get folder(): string {
    return this.#folder;
  }

  /** The folder to which the previous run was moved; undefined if there was none. */
  get former(): string | undefined {
    return this.#former;
  }

  /** Renames the folder, because the run turned out to have other inputs than its name says. */
  rename(suffix: string): void {
    const [from, former, lock] = [this.#folder, this.#former, this.#lock];
    const wanted = join(dirname(from), `${this.#name}-${suffix}`);
    const { folder: to, lock: taken } = claim(wanted);
    this.#former = moveAside(to);
    this.#folder = existsSync(to) ? freeName(to, new Date()) : to;
    renameSync(from, this.#folder);
    this.#lock = taken;
    // The previous run gets its plain name back.
    if (former !== undefined && lock !== undefined) renameSync(former, from);
    lock?.release();
  }

  /** Makes the link `latest` beside the folder lead to it, for people who do not know its name. */
  pointLatest(): void {
    const link = join(dirname(this.#folder), LATEST);
    const draft = `${link}.${process.pid}`;
    try {
      symlinkSync(basename(this.#folder), draft);
      renameSync(draft, link);
    } catch {
      // Either the file system has no links, or a folder of that name exists: there is no link
      // then.
      rmSync(draft, { force: true });
    }
  }

  /** Deletes the previous run, because this run has the same results. */
  dropFormer(): void {
    if (this.#former !== undefined) removeOwn(this.#former);
    this.#former = undefined;
  }

  /** Releases the lock on the folder, and deletes all but the ten latest former runs. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
    const name = basename(this.#folder).replace(/_.*$/, '');
    for (const old of formersOf(dirname(this.#folder), name).slice(FORMER_RUNS_MAX)) removeOwn(old);
  }

  #take(onNotice: (text: string) => void, goesOn: (folder: string) => boolean): void {
    const wanted = this.#folder;
    const { folder, lock, heldBy } = claim(wanted);
    this.#lock = lock;
    this.#folder = folder;
    if (heldBy !== undefined) {
      onNotice(`process ${heldBy} is writing to ${wanted}; this run writes to ${folder}`);
    }
    if (goesOn(folder)) return;
    this.#former = moveAside(folder);
    makeWritableFolder(folder);
    removeLeftovers(folder);
  }
}

/** @throws EnvironmentError that says how to write elsewhere. */
function makePlace(folder: string): void {
  try {
    makeWritableFolder(folder);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new EnvironmentError(`${error.message}; --out DIR names another folder`, {
      cause: error,
    });
  }
}

interface Claim {
  readonly folder: string;
  readonly lock: RunLock | undefined;
  /** Id of the process that holds the lock on the wanted folder. */
  readonly heldBy?: number;
}

function claim(wanted: string): Claim {
  const lock = acquireRunLock(join(dirname(wanted), `.${basename(wanted)}.running`));
  if ('release' in lock) return { folder: wanted, lock };
  // No other process tries this name, so the folder needs no lock.
  return { folder: freeName(wanted, new Date()), lock: undefined, heldBy: lock.heldBy };
}

/**
 * Moves a finished run from its folder to another one.
 * @returns its new folder; undefined if there is no finished run.
 */
function moveAside(folder: string): string | undefined {
  const main = VERDICT_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (main === undefined) return undefined;
  const aside = freeName(folder, statSync(main).mtime);
  renameSync(folder, aside);
  return aside;
}

/** A name such as `1_2026-11-22T04-03-30Z`, followed by a number if it is taken. */
function freeName(folder: string, time: Date): string {
  const stamp = time.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  const first = `${folder}_${stamp}`;
  let name = first;
  for (let count = 2; existsSync(name); count += 1) name = `${first}-${count}`;
  return name;
}

/** Former runs of a name, newest first. */
function formersOf(parent: string, name: string): readonly string[] {
  return entriesOf(parent)
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(name))
    .filter((entry) => STAMP.test(entry.name.slice(name.length)))
    .map((entry) => join(parent, entry.name))
    .sort()
    .reverse();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Another process has removed the folder in the meantime.
    return [];
  }
}

/** Removes the files of an earlier run that never wrote its reports. */
function removeLeftovers(folder: string): void {
  for (const { name } of entriesOf(folder)) {
    if (isRunFile(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Removes recordings of a run that produced no result. */
export function removeRecordings(folder: string): void {
  for (const name of RECORDING_FILES) rmSync(join(folder, name), { force: true });
}

/** Removes a previous run if all its files were written by orrery. */
function removeOwn(folder: string): void {
  const files = ownFiles(folder);
  if (files === undefined) return;
  for (const path of files) rmSync(path, { force: true });
  const below = entriesOf(folder).filter((entry) => entry.isDirectory());
  for (const { name } of below) rmdirSync(join(folder, name));
  rmdirSync(folder);
}

/** All files of a run or a sweep; undefined if the folder contains anything else. */
function ownFiles(folder: string): readonly string[] | undefined {
  const isReal = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isReal || !isReport(folder)) return undefined;
  let files: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    const cell = entry.isDirectory() && /^\d+$/.test(entry.name) ? entriesOf(path) : undefined;
    const own = cell ?? (isOwnFile(entry) ? [] : undefined);
    if (own === undefined || !own.every(isOwnFile)) return undefined;
    files = files.concat(cell === undefined ? path : own.map(({ name }) => join(path, name)));
  }
  return files;
}

function isOwnFile(entry: Dirent): boolean {
  return entry.isFile() && isRunFile(entry.name);
}

/** True if the main file of the folder, such as report.json, was written by orrery. */
function isReport(folder: string): boolean {
  const main = VERDICT_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (main === undefined) return false;
  try {
    // The results file of a sweep consists of lines, each of which is a JSON document; the first
    // line is enough.
    const [first = ''] = main.endsWith(RESULTS_FILE_NAME)
      ? readFileSync(main, 'utf8').split('\n', 1)
      : [];
    const text = first === '' ? readFileSync(main, 'utf8') : first;
    const document = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return 'reproduce' in document || 'orrery' in document;
  } catch {
    return false;
  }
}
