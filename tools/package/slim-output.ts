/**
 * Makes what the compiler has written as small as its users need it: modules without comments, only
 * those that something can load, and only the types of what the package exports.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { transformSync } from 'esbuild';

/** A relative path in the text of a module: of an import, or of a module that a thread or process begins with. */
const NAMED = /(['"`])(\.\.?\/[^'"`\s]+)\1/g;
/** Modules that the package exports or runs; besides them, each plain module (`.mjs`) begins a program. */
const MODULES = ['index.js', 'engine/host/index.js', 'cli/main.js'];
const TYPES = ['index.d.ts', 'engine/host/index.d.ts'];

/** Removes from a folder of compiled files what no user of the package needs. */
export function slimOutput(folder: string): void {
  const files = readdirSync(folder, { recursive: true }).map((path) =>
    String(path).replaceAll('\\', '/'),
  );
  const plain = files.filter((path) => path.endsWith('.mjs'));
  const modules = files.filter((path) => path.endsWith('.js'));
  // Before paths are searched for, because comments contain paths of files too.
  for (const path of modules) writeFileSync(join(folder, path), withoutComments(folder, path));
  const kept = new Set([
    ...reached(folder, [...MODULES, ...plain, ...modules.filter(isFields)], modulesAt),
    ...reached(folder, TYPES, (path) => [path.replace(/\.[jt]s$/, '.d.ts')]),
  ]);
  const compiled = files.filter((path) => /\.(js|d\.ts)$/.test(path));
  for (const path of compiled) if (!kept.has(path)) rmSync(join(folder, path));
}

/** True for layouts of packets, which no module names: they are loaded by the name of their protocol. */
function isFields(path: string): boolean {
  return /^nodes\/[^/]+\/viz-fields\.js$/.test(path);
}

function withoutComments(folder: string, path: string): string {
  const text = readFileSync(join(folder, path), 'utf8');
  return transformSync(text, { loader: 'js', target: 'esnext', legalComments: 'none' }).code;
}

/** Files that a relative path in a module may mean: the path as written, or with the extension of a compiled file. */
function modulesAt(path: string): readonly string[] {
  const bare = path.replace(/\.([jt]s|\$\{\w+\})$/, '');
  return [path, `${bare}.js`, `${bare}.mjs`, `${bare}-entry.mjs`];
}

/** The files `first`, all files that they name, that these name, and so on. */
function reached(
  folder: string,
  first: readonly string[],
  filesAt: (path: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...first];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const from = dirname(path);
    for (const [, , named = ''] of readFileSync(join(folder, path), 'utf8').matchAll(NAMED)) {
      const files = filesAt(normalize(join(from, named)));
      open.push(
        ...files.filter((file) => /\.(m?js|d\.ts)$/.test(file) && existsSync(join(folder, file))),
      );
    }
  }
  return found;
}
