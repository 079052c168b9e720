/**
 * What `npm run new:protocol` writes passes lint and format, whatever the name.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spellName } from '../../../tools/new-protocol/spellings.ts';
import { formatFiles, protocolFiles, writeFiles } from '../../../tools/new-protocol.ts';
import { PROTOCOL_LIST_PATH, protocolListText } from '../../../tools/protocol-list.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Short and long, with hyphens and digits, sorted before and behind the modules beside them. */
const NAMES = [
  ...['q', 'a0', 'tcp', 'relay-2', 'a-b-c-d', 'zz-top', 'my-mix', 'quic-like-transport'],
  ...['thirty-letters-are-a-long-name', 'a-name-of-as-many-as-fifty-letters-that-nobody-gives'],
];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-names-'));
  for (const part of ['biome.json', 'package.json', 'tools/grit']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What biome says of the files in the folder. */
function lint(...paths: readonly string[]): { readonly status: number | null; text: string } {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const words = [biome, 'check', '--error-on-warnings', ...paths];
  const ran = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  return { status: ran.status, text: ran.stdout + ran.stderr };
}

it('wrote code that failed lint where the name was long or short', () => {
  const files = new Map(NAMES.flatMap((name) => [...protocolFiles(spellName(name))]));
  writeFiles(folder, files);
  formatFiles(folder, [...files.keys()]);
  const { status, text } = lint('nodes', 'test');
  expect(status, text).toBe(0);
  const code = [...files.keys()].filter((path) => /\.(ts|json)$/.test(path));
  expect(text).toContain(`Checked ${code.length} files`);
});

it.each([
  ['one', NAMES.slice(0, 1)],
  ['ten', NAMES],
])('wrote a list that failed lint with %s of them', (_, names) => {
  rmSync(join(folder, 'nodes'), { recursive: true, force: true });
  for (const name of names) {
    writeFiles(folder, new Map([[`nodes/${name}/index.ts`, 'export const protocol = {};\n']]));
  }
  for (const shipped of [[], names]) {
    const rows = shipped.map((name) => `[${name}](nodes/${name}/README.md)\n`);
    writeFiles(folder, new Map([['README.md', rows.join('')]]));
    writeFiles(folder, new Map([[PROTOCOL_LIST_PATH, protocolListText(folder)]]));
    const { status, text } = lint('scenarios');
    expect(status, text).toBe(0);
  }
});
