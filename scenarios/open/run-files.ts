/**
 * The files on which a run depends: their hashes, and whether these are the hashes that a job demands.
 * Modules that a user's protocol imports, and files of packages, are not included.
 *
 * @module
 */
import { announceFileOpened } from '../../topologies/files/files-read.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import { displayPath } from '../../topologies/files/source.ts';
import type { CombinationParameters } from '../identity.ts';
import type { Scenario } from '../model.ts';
import { Refusal } from '../refusal.ts';

/** SHA-256 of files, lower-case hex, by their role in a run: `scenario`, `module 0`, `data 0`. */
export type FileHashes = Readonly<Record<string, string>>;

/** The files that a job from another machine demands. */
export interface JobFiles {
  readonly hashes: FileHashes;
  /** Folders in which the files must be; any folder if absent. */
  readonly folders?: readonly string[];
  /**
   * The values that are not foreign: only modules that these name may be loaded. If absent, no value is
   * foreign.
   */
  readonly own?: CombinationParameters;
}

/** Largest file of a run, bytes. */
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
 * SHA-256 of the present content of a file, which may change at any time.
 * @throws Refusal if it is not a regular file, or is too large.
 */
export function hashOfFile(path: string, files: MachineFiles): string {
  const bytes = files.read(path, (length) => refuseTooLarge(path, length, files));
  if (bytes === undefined) throw new Refusal(`${displayPath(path, files)} is no file`);
  return files.sha256(bytes);
}

function refuseTooLarge(path: string, bytes: number, files: MachineFiles): void {
  if (bytes <= BYTES_MAX) return;
  const [size, most] = [bytes, BYTES_MAX].map((one) => Math.ceil(one / 1e6));
  throw new Refusal(`${displayPath(path, files)} is ${size} MB, the limit is ${most} MB`);
}

/**
 * Hashes of the modules that this thread has loaded, by real path. Node never loads a module a second
 * time.
 */
const loaded = new Map<string, string>();
const CHANGED = 'changed while it was loaded';

/** Loads a module and stores the hash of its file. */
export async function loadModuleWithHash<Module>(
  path: string,
  files: MachineFiles,
  load: () => Promise<Module>,
): Promise<Module> {
  announceFileOpened(path);
  const place = files.realPath(path);
  if (!files.isFile(place) || loaded.has(place)) return await load();
  const hash = hashOfFile(place, files);
  loaded.set(place, hash);
  const module = await load();
  if (hashOfFile(place, files) !== hash) loaded.set(place, CHANGED);
  return module;
}

/**
 * Checks modules, both before and after they are loaded.
 * @param own Modules that the scenario names itself. Others are refused even with the right hash,
 *   because a job may know the hash of any script.
 * @throws Refusal unless each module is in an allowed folder, is named by the scenario itself, has a
 * hash of the job, and was not changed while it was loaded.
 */
export function checkJobModules(
  modules: readonly string[],
  { hashes, folders }: JobFiles,
  own: readonly string[],
  files: MachineFiles,
): void {
  const named = new Set(
    Object.entries(hashes).flatMap(([what, hash]) => (what.startsWith('module ') ? [hash] : [])),
  );
  for (const path of modules) {
    const shown = displayPath(path, files);
    if (folders !== undefined && !folders.some((folder) => files.isBelow(path, folder))) {
      throw new Refusal(`${shown} is outside the folder of this worker`);
    }
    if (!own.includes(path)) {
      throw new Refusal(`${shown} is no module that the scenario of the job names itself`);
    }
    const hash = hashOfFile(path, files);
    if (!named.has(hash)) throw new Refusal(`${shown} is not the file of the job`);
    const before = loaded.get(files.realPath(path));
    if (before !== undefined && before !== hash)
      throw new Refusal(`this process has loaded another ${shown}: restart it`);
  }
}
