/**
 * `npm run protocols` writes the list of the protocols under nodes/ (scenarios/generated/protocols.ts),
 * so that a new protocol is found without an entry anywhere, the tables in the README of each (protocol-tables.ts), and
 * those of pages that belong to no protocol (page-tables.ts).
 *
 * A folder is a protocol when its index.ts exports one. The protocol is part of Orrery when README.md has a row
 * for it; otherwise it belongs to its author, and a crash in it is reported as the author's.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Protocol } from '../engine/host/protocol.ts';
import { spellName } from './new-protocol/spellings.ts';
import { PAGE_TABLES } from './page-tables.ts';
import { withTables, withWrittenEnd } from './protocol-tables.ts';

/** Path of the generated list of protocols, relative to the root. */
export const PROTOCOL_LIST_PATH = 'scenarios/generated/protocols.ts';

/** Longest line of the generated file, characters; as the formatter does, a list that fits stays on one line. */
const LINE_MAX = 100;

/**
 * Writes the list of all protocols under nodes/ as source text.
 * @returns the text of the list for a working copy.
 */
export function protocolListText(root: string): string {
  const names = protocolsIn(root);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const isShipped = (name: string): boolean => readme.includes(`](nodes/${name}/README.md)`);
  const shipped = names.filter(isShipped);
  const imports = shipped.map(
    (name) =>
      `import { protocol as ${spellName(name).camel} } from '../../nodes/${name}/index.ts';\n`,
  );
  return `/**
 * The protocols under nodes/, sorted by name: written by \`npm run protocols\`.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
${imports.join('')}
/** Protocols that are part of Orrery: README.md has a row for each. */
${listOf(
  'export const SHIPPED: readonly Protocol[] = ',
  shipped.map((name) => `${spellName(name).camel} as unknown as Protocol`),
)}

/** Folders of protocols that users added; they are loaded so that their mistakes and crashes are blamed on their authors. */
${listOf(
  'export const ADDED: readonly string[] = ',
  names.filter((name) => !isShipped(name)).map((name) => `'${name}'`),
)}
`;
}

/** Names of the folders under nodes/ that are protocols; all other folders are libraries for protocols. */
function protocolsIn(root: string): readonly string[] {
  return readdirSync(join(root, 'nodes'))
    .filter((name) => {
      const index = join(root, 'nodes', name, 'index.ts');
      return existsSync(index) && /^export const protocol\b/m.test(readFileSync(index, 'utf8'));
    })
    .sort();
}

function listOf(before: string, entries: readonly string[]): string {
  const line = `${before}[${entries.join(', ')}];`;
  if (line.length <= LINE_MAX) return line;
  return `${before}[\n${entries.map((entry) => `  ${entry},\n`).join('')}];`;
}

/** Writes the tables of a protocol into the README of its folder. */
export async function writeTables(root: string, name: string): Promise<void> {
  const folder = join(root, 'nodes', name);
  const { protocol } = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as {
    readonly protocol: Protocol;
  };
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'README.md'), withTables(readme, protocol, files));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  writeFileSync(join(root, PROTOCOL_LIST_PATH), protocolListText(root));
  for (const name of protocolsIn(root)) await writeTables(root, name);
  for (const [path, written] of Object.entries(PAGE_TABLES)) {
    const page = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), withWrittenEnd(page, written));
  }
}
