/**
 * `npm run new:protocol NAME`: writes a protocol that works, as a start for another.
 *
 * The skeleton is nodes/ping under another name, with its tests, a vector test, a topology, a
 * scenario, its entry in the registry and its row in the README, so it is never older than the
 * code. Overwrites nothing.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  readmeText,
  scenarioText,
  topologyText,
  vectorTestText,
} from './new-protocol/protocol-texts.ts';
import { rename, type Spellings, spell } from './new-protocol/spellings.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const BAD_ARGUMENT = 2;

/** Writes everything; returns the paths, or what prevents it. */
function createProtocol(name: Spellings): readonly string[] | string {
  const files = new Map([
    ...copied('nodes/ping', `nodes/${name.kebab}`, name),
    ...copied('test/unit/nodes/ping', `test/unit/nodes/${name.kebab}`, name),
    [`nodes/${name.kebab}/README.md`, readmeText(name)],
    [`test/vectors/${name.kebab}.test.ts`, vectorTestText(name)],
    [`topologies/${name.kebab}.yaml`, topologyText(name)],
    [`scenarios/${name.kebab}.yaml`, scenarioText(name)],
  ]);
  const taken = [...files.keys()].filter((path) => existsSync(join(ROOT, path)));
  if (taken.length > 0) return `there already: ${taken.join(', ')}`;
  for (const [path, text] of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  change('scenarios/registry.ts', (text) => registered(text, name));
  change('README.md', (text) => listed(text, name));
  return [...files.keys(), 'scenarios/registry.ts', 'README.md'];
}

function copied(from: string, to: string, name: Spellings): readonly [string, string][] {
  return readdirSync(join(ROOT, from))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const text = readFileSync(join(ROOT, from, file), 'utf8');
      // The tests of the node run ping's scenario; the new protocol has its own.
      const renamed = rename(text, name).replaceAll("'hello.yaml'", `'${name.kebab}.yaml'`);
      return [`${to}/${file}`, renamed];
    });
}

function change(path: string, edit: (text: string) => string): void {
  const file = join(ROOT, path);
  const before = readFileSync(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`${path} has another form than expected`);
  writeFileSync(file, after);
}

/** Adds import and entry in the order of names. */
function registered(text: string, { kebab, camel }: Spellings): string {
  const imported = insertSorted(
    text,
    /^import \{ protocol as \w+ \} from '\.\.\/nodes\/([\w-]+)\/index\.ts';\n/gm,
    [kebab, `import { protocol as ${camel} } from '../nodes/${kebab}/index.ts';\n`],
  );
  return insertSorted(imported, /^ {2}(\w+) as unknown as Protocol,\n/gm, [
    camel,
    `  ${camel} as unknown as Protocol,\n`,
  ]);
}

function listed(text: string, { kebab }: Spellings): string {
  const row = `| [${kebab}](nodes/${kebab}/README.md) | say in one sentence what it is | \`${kebab}.yaml\` |\n`;
  return text.replace(/(\n\| \[\w[^\n]*\n)(?!\|)/, (last) => `${last}${row}`);
}

/** Inserts a line among those that match, before the first with a greater name. */
function insertSorted(
  text: string,
  pattern: RegExp,
  [name, line]: readonly [string, string],
): string {
  const found = [...text.matchAll(pattern)];
  const next = found.find(([, other = '']) => other > name);
  const last = found.at(-1);
  if (last === undefined) return text;
  const at = next?.index ?? (last.index ?? 0) + last[0].length;
  return text.slice(0, at) + line + text.slice(at);
}

function main(name: string | undefined): number {
  if (name === undefined || !NAME.test(name)) {
    console.error('npm run new:protocol NAME   a name in lower case, for example my-mix');
    return BAD_ARGUMENT;
  }
  const outcome = createProtocol(spell(name));
  if (typeof outcome === 'string') {
    console.error(outcome);
    return BAD_ARGUMENT;
  }
  for (const path of outcome) console.log(path);
  console.log(`\nIt works as it is: npm run scenario ${name}.yaml`);
  console.log('Then change it: docs/WRITING-A-PROTOCOL.md');
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv[2]);
