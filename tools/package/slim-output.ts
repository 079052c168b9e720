/**
 * Makes what the compiler has written as small as its users need it: modules without comments, only
 * those that something can load, and only the types of what the package exports.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { transformSync } from 'esbuild';

/** What a file names by a relative path: imports, and modules that threads and processes begin with. */
const NAMED = /(['"`])(\.\.?\/[^'"`\s]+)\1/g;
/** What the package exports and runs; all plain modules begin a program as well. */
const MODULES = ['index.js', 'engine/host/index.js', 'cli/main.js'];
const TYPES = ['index.d.ts', 'engine/host/index.d.ts'];

/** Removes from a folder of compiled files what no user of the package needs. */
export function slimOutput(folder: string): void {
  const files = readdirSync(folder, { recursive: true }).map((path) =>
    String(path).replaceAll('\\', '/'),
  );
  const plain = files.filter((path) => path.endsWith('.mjs'));
  const modules = files.filter((path) => path.endsWith('.js'));
  // Before anything is judged by what it names: comments name files, too.
  for (const path of modules) writeFileSync(join(folder, path), withoutComments(folder, path));
  const kept = new Set([
    ...reached(folder, [...MODULES, ...plain, ...modules.filter(isFields)], modulesAt),
    ...reached(folder, TYPES, (path) => [path.replace(/\.[jt]s$/, '.d.ts')]),
  ]);
  const compiled = files.filter((path) => /\.(js|d\.ts)$/.test(path));
  for (const path of compiled) if (!kept.has(path)) rmSync(join(folder, path));
}

/** Layouts of packets are loaded by the name of their protocol. */
function isFields(path: string): boolean {
  return /^nodes\/[^/]+\/viz-fields\.js$/.test(path);
}

function withoutComments(folder: string, path: string): string {
  const text = readFileSync(join(folder, path), 'utf8');
  return transformSync(text, { loader: 'js', target: 'esnext', legalComments: 'none' }).code;
}

/** Files that a relative path in a module may mean: with its end, or with that of the form in use. */
function modulesAt(path: string): readonly string[] {
  const bare = path.replace(/\.([jt]s|\$\{\w+\})$/, '');
  return [path, `${bare}.js`, `${bare}.mjs`, `${bare}-entry.mjs`];
}

/** All files that some name, that these name, and so on. */
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
