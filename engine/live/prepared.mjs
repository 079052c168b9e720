/**
 * Loads prepared programs: the modules of a program are in one file, and the code that V8 compiled in an earlier run is
 * in another file in the same folder. See ADR 0030.
 *
 * Plain JavaScript, so that nothing has to be translated before it runs. Worker threads get the folder
 * as environment data. Without a folder, modules are loaded one by one: TypeScript in the repository,
 * built JavaScript in the package.
 *
 * @module
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, findSourceMap, SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';

const FOLDER = 'orrery.prepared';
/** Only the owner may write these files, because they are executed. */
const MODE = 0o644;

/**
 * The file with a program, written by prepare.mjs. All programs of threads and agents are in one file, whose
 * modules are all loaded at once: loading only some modules of a file makes their code a tenth slower.
 */
export function bundleOf(name) {
  return name === 'command' ? 'command.cjs' : 'workers.cjs';
}

/** Extension of this project's modules: TypeScript in the repository, JavaScript in the package. */
export const FORM = existsSync(new URL('./own-form.ts', import.meta.url)) ? 'ts' : 'js';

const require = createRequire(import.meta.url);

/** Sets the folder for this process and all threads that it starts. */
export function usePrepared(folder) {
  setEnvironmentData(FOLDER, folder);
}

/**
 * Loads a prepared program.
 * @param name Name of the program.
 * @param variant Name of the compiled code: callers that use different parts of a program have different names.
 * @returns its exports, and a function that stores the compiled code, to be called once it has done
 *   some work; undefined if nothing was prepared.
 */
export function loadPrepared(name, variant = name) {
  const folder = getEnvironmentData(FOLDER);
  if (folder === undefined) return undefined;
  const file = join(folder, bundleOf(name));
  const cache = join(folder, `${variant}.cache`);
  // The file may have been removed to free space for newer ones; then modules are loaded one by one.
  const text = readIfThere(file, 'latin1');
  if (text === undefined) return undefined;
  const cachedData = readIfThere(cache);
  const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) });
  let isKept = cachedData !== undefined && script.cachedDataRejected !== true;
  mapStacks(file);
  const module = { exports: {} };
  const load = (address) => import(address);
  const placeOf = (name) => import.meta.resolve(name);
  script.runInThisContext()(module.exports, require, module, load, placeOf);
  const keep = () => {
    if (isKept) return;
    writeQuietly(cache, script.createCachedData());
    isKept = true;
  };
  // Agents are prepared for one run, without the programs of threads that they may start.
  if (!Object.hasOwn(module.exports, name)) return undefined;
  return { exports: module.exports[name], keep };
}

/**
 * Loads a prepared program; if there is none, its modules one by one.
 *
 * A thread of Node 20 does not inherit the loader of the main thread. With only tsx's hook for
 * `require`, the sources would be compiled to CommonJS, where each use of an import is a getter
 * call: a run of failover.yaml took 21 s of CPU instead of 10. Node versions that strip types need
 * nothing.
 *
 * @param name Name of the program.
 * @param home Address of the program's first module, without its extension.
 * @returns the same as loadPrepared.
 */
export async function loadProgram(name, home) {
  const prepared = loadPrepared(name);
  if (prepared !== undefined) return prepared;
  await readTypeScript();
  return { exports: await import(`${home}.${FORM}`), keep: () => undefined };
}

/** Enables this thread to import this project's TypeScript. */
export async function readTypeScript() {
  if (FORM === 'ts' && !process.features.typescript) (await import('tsx/esm/api')).register();
}

function readIfThere(path, encoding) {
  try {
    return readFileSync(path, encoding);
  } catch {
    return undefined;
  }
}

/** Writes a file completely or not at all; without the file, the next run compiles again. */
function writeQuietly(path, data) {
  const draft = `${path}.${process.pid}-${threadId}`;
  try {
    writeFileSync(draft, data, { mode: MODE });
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
}

/** Makes stack traces show positions in the sources. The source map is read when a stack trace is first used. */
function mapStacks(file) {
  let map;
  /** The source map of a file; modules of users have one if a loader has translated them. */
  const mapOf = (site) => {
    const name = site.getFileName();
    if (name !== file) return name ? findSourceMap(name) : undefined;
    map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
    return map;
  };
  const placeIn = (site) => {
    const known = mapOf(site);
    if (known === undefined) return undefined;
    const { originalSource, originalLine, originalColumn } = known.findEntry(
      site.getLineNumber() - 1,
      site.getColumnNumber() - 1,
    );
    if (originalSource === undefined) return undefined;
    const source = fileURLToPath(new URL(originalSource, pathToFileURL(file)));
    return `${source}:${originalLine + 1}:${originalColumn + 1}`;
  };
  const textOf = (site) => {
    const text = `${site}`;
    const place = placeIn(site);
    return place === undefined ? text : text.replace(/[^\s(]+:\d+:\d+/, () => place);
  };
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.map((site) => `    at ${textOf(site)}`)].join('\n');
}

function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
