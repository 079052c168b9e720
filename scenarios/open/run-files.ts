/**
 * The files that a run depends on: their hashes, and whether they are those that somebody else asked for.
 * Modules that a user's protocol imports are not followed, nor data that packages bring.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isBelowFolder, realPath } from '../../topologies/files/file-bounds.ts';
import { announceFileOpened } from '../../topologies/files/files-read.ts';
import { displayPath } from '../../topologies/files/source.ts';
import type { CombinationParameters } from '../identity.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';

/** SHA-256 of files, lower-case hex, by what they are to a run: `scenario`, `module 0`, `data 0`. */
export type FileHashes = Readonly<Record<string, string>>;

/** The files that a job from elsewhere wants to be run. */
export interface JobFiles {
  readonly hashes: FileHashes;
  /** Folders in which the files may lie; any folder if absent. */
  readonly folders?: readonly string[];
  /** The values of the scenario's own files: only modules that these name may be loaded. If absent, all values. */
  readonly own?: CombinationParameters;
}

/** Largest file of a run. */
const BYTES_MAX = 64e6;

/** Hashes of the files of a scenario. */
export function hashScenarioFiles(scenario: Scenario): FileHashes {
  const { topology, sha256, cpu, modules = {}, data = [] } = scenario;
  const paths = Object.keys(modules).sort();
  return {
    scenario: sha256,
    topology: topology.sha256,
    ...(cpu === undefined ? {} : { cpu: cpu.sha256 }),
    ...Object.fromEntries(paths.map((path, index) => [`module ${index}`, modules[path] ?? ''])),
    ...Object.fromEntries(data.map((hash, index) => [`data ${index}`, hash])),
  };
}

/**
 * SHA-256 of a file's present content, which may change at any time.
 * @throws Refusal if it is none, or too large for one of a run.
 */
export function hashOfFile(path: string): string {
  refuseIrregularFile(path, BYTES_MAX);
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * Looks at a file that may come from anywhere, before it is opened: a pipe is read for ever.
 * @throws Refusal unless it is a file of at most `bytesMax`; the system's error if it does not exist.
 */
export function refuseIrregularFile(path: string, bytesMax = Number.POSITIVE_INFINITY): void {
  const status = statSync(path);
  if (!status.isFile()) throw new Refusal(`${displayPath(path)} is no file`);
  if (status.size <= bytesMax) return;
  const [size, most] = [status.size, bytesMax].map((bytes) => Math.ceil(bytes / 1e6));
  throw new Refusal(`${displayPath(path)} is ${size} MB, the limit is ${most} MB`);
}

/** Hashes of the modules that this thread has loaded, by real path: Node never loads a module again. */
const loaded = new Map<string, string>();
const CHANGED = 'changed while it was loaded';

/** Loads a module and remembers the hash of its file. */
export async function loadModuleWithHash<Module>(
  path: string,
  load: () => Promise<Module>,
): Promise<Module> {
  announceFileOpened(path);
  const place = realPath(path);
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile || loaded.has(place)) return await load();
  const hash = hashOfFile(place);
  loaded.set(place, hash);
  const module = await load();
  if (hashOfFile(place) !== hash) loaded.set(place, CHANGED);
  return module;
}

/**
 * Checks modules, both before and after they are loaded.
 * @param own Modules that the scenario names itself: a job may know the hash of a script that is no module.
 * @throws Refusal unless each lies in a folder that is allowed, is the scenario's own and a module of the job, and no
 * other one was loaded in its place.
 */
export function checkJobModules(
  modules: readonly string[],
  { hashes, folders }: JobFiles,
  own: readonly string[],
): void {
  const named = new Set(
    Object.entries(hashes).flatMap(([what, hash]) => (what.startsWith('module ') ? [hash] : [])),
  );
  for (const path of modules) {
    const shown = displayPath(path);
    if (folders !== undefined && !folders.some((folder) => isBelowFolder(path, folder))) {
      throw new Refusal(`${shown} is outside the folder of this worker`);
    }
    if (!own.includes(path)) {
      throw new Refusal(`${shown} is no module that the scenario of the job names itself`);
    }
    const hash = hashOfFile(path);
    if (!named.has(hash)) throw new Refusal(`${shown} is not the file of the job`);
    const before = loaded.get(realPath(path));
    if (before !== undefined && before !== hash)
      throw new Refusal(`this process has loaded another ${shown}: restart it`);
  }
}
