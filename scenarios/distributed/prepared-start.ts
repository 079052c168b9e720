/**
 * Starts the program `agent.cjs` of its own folder with what was compiled before: with the argument
 * `prepare` it keeps what the load of that program has compiled in `agent.cache` and ends.
 *
 * A crash is over when the process of a node is back, and half of that time went into translating the
 * same file. Without the cache, or with one that this Node refuses, it starts as well, and later.
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
    // Nobody has prepared it.
    return undefined;
  }
}

const cachedData = isPreparing ? undefined : known();
const text = readFileSync(file, 'utf8');
// The wrapper of a CommonJS module, with what agent-bundle.ts made of its `import()`.
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
