/**
 * Starts the program `agent.cjs` in its own folder with previously compiled code. With the argument
 * `prepare`, it instead stores what loading that program has compiled in `agent.cache`, and ends.
 *
 * A crash ends when the node's process is back, and half of that time went into translating the
 * same file. Without the cache, or with one that this Node refuses, it also starts, but later.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

type Import = (address: string) => Promise<unknown>;
type Load = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  importModule: Import,
) => void;

const [, own = '', task] = process.argv;
const isPreparing = task === 'prepare';
const file = join(dirname(own), 'agent.cjs');
const cache = join(dirname(own), 'agent.cache');

function known(): Buffer | undefined {
  try {
    return readFileSync(cache);
  } catch {
    // Nothing was prepared.
    return undefined;
  }
}

const cachedData = isPreparing ? undefined : known();
const text = readFileSync(file, 'utf8');
// The wrapper of a CommonJS module, with agent-bundle.ts's replacement for `import()`.
const script = new Script(`(function (exports, require, module, $import) {${text}\n})`, {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
const module = { exports: {} };
const importModule: Import = (address) => import(address);
(script.runInThisContext() as Load)(module.exports, createRequire(file), module, importModule);
if (isPreparing) {
  writeFileSync(cache, script.createCachedData());
  process.exit(0);
}
