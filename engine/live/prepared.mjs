/**
 * Loads programs that were made ready before: all sources of a program in one file, and beside it what
 * V8 compiled of them in an earlier run. See ADR 0030.
 *
 * Plain JavaScript, because nothing may be translated before it runs. The folder with the files is
 * handed to worker threads as environment data; where there is none, as in tests and in the package,
 * programs are loaded module by module.
 *
 * @module
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, findSourceMap, SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';

const FOLDER = 'orrery.prepared';
const require = createRequire(import.meta.url);

/** Names the folder of this process and of all threads that it starts. */
export function usePrepared(folder) {
  setEnvironmentData(FOLDER, folder);
}

/**
 * Loads a program.
 * @param name The file's, without ending.
 * @param variant Programs that use different parts of one file keep what was compiled apart.
 * @returns what it exports and a function that keeps what was compiled, to be called once it has done
 *   something; undefined when nothing was prepared.
 */
export function loadPrepared(name, variant = name) {
  const folder = getEnvironmentData(FOLDER);
  if (folder === undefined) return undefined;
  const file = join(folder, `${name}.cjs`);
  const cache = join(folder, `${variant}.cache`);
  // Another folder was made since, and this one removed: the sources are still there.
  const text = readIfThere(file, 'latin1');
  if (text === undefined) return undefined;
  const cachedData = readIfThere(cache);
  const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) });
  const isKnown = cachedData !== undefined && script.cachedDataRejected !== true;
  mapStacks(file);
  const module = { exports: {} };
  const load = (address) => import(address);
  const placeOf = (name) => import.meta.resolve(name);
  script.runInThisContext()(module.exports, require, module, load, placeOf);
  const keep = () => {
    if (!isKnown) writeQuietly(cache, script.createCachedData());
  };
  return { exports: module.exports, keep };
}

function readIfThere(path, encoding) {
  try {
    return readFileSync(path, encoding);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; where it cannot be written, the next run compiles again. */
function writeQuietly(path, data) {
  const draft = `${path}.${process.pid}-${threadId}`;
  try {
    writeFileSync(draft, data);
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
}

/** Lets stacks name the sources. The map is read when a stack is looked at first. */
function mapStacks(file) {
  let map;
  /** Users' TypeScript has maps of its own where a loader has translated it. */
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
