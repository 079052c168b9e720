/** What loads prepared programs, with scripts written by hand. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** The functions of the module, which is plain JavaScript. */
interface Prepared {
  readonly loadPrepared: (
    name: string,
    variant?: string,
  ) => { readonly exports: unknown; readonly keep: () => void } | undefined;
  readonly usePrepared: (folder: string | undefined) => void;
}

const FOLDER = 'orrery.prepared';
const MODULE: string = new URL('../../../../engine/live/prepared.mjs', import.meta.url).href;
const { loadPrepared, usePrepared } = (await import(MODULE)) as Prepared;
const before = getEnvironmentData(FOLDER);
const { prepareStackTrace } = Error;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-prepared-'));
  usePrepared(folder);
});
afterEach(() => {
  setEnvironmentData(FOLDER, before);
  // Removes the function that maps positions in scripts that no longer exist.
  Error.prepareStackTrace = prepareStackTrace;
  rmSync(folder, { recursive: true, force: true });
});

it('loads the program that is asked for, and keeps its compiled code under the name of its use', () => {
  writeFileSync(
    join(folder, 'workers.cjs'),
    `(function (exports) {
      exports.one = { name: 'one' };
      exports.two = { name: 'two' };
    })`,
  );
  const program = loadPrepared('one', 'first-use');
  expect(program?.exports).toEqual({ name: 'one' });
  program?.keep();
  expect(readdirSync(folder).sort()).toEqual(['first-use.cache', 'workers.cjs']);
});

it('has no program that was not prepared, such as compute threads of agents of one run', () => {
  writeFileSync(join(folder, 'workers.cjs'), '(function (exports) { exports.agent = 1; })');
  expect(loadPrepared('compute-worker')).toBeUndefined();
  expect(loadPrepared('toString')).toBeUndefined();
  rmSync(join(folder, 'workers.cjs'));
  expect(loadPrepared('agent')).toBeUndefined();
});
