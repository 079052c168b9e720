/**
 * `npm run new:protocol NAME` writes a working protocol as a starting point for a new one.
 *
 * The protocol is a copy of nodes/ping under another name, so it is always up to date with the code. With it come its
 * tests, a vector test, a topology, and a scenario with the defects that its limits find. The command overwrites no
 * file.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  doublesText,
  liveCaseText,
  readmeText,
  scenarioText,
  topologyText,
  vectorTestText,
} from './new-protocol/protocol-texts.ts';
import { renamePing, type Spellings, spellName } from './new-protocol/spellings.ts';
import { PROTOCOL_LIST_PATH, protocolListText, writeTables } from './protocol-list.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const BAD_ARGUMENT = 2;
/**
 * Ports are assigned from this range: registered ports below those that operating systems pick for
 * themselves.
 */
const PORT_FIRST = 20_000;
const PORTS = 10_000;
const HASH_FACTOR = 31;

/** Writes all files; returns their paths, or a text that says why it cannot. */
async function createProtocol(name: Spellings): Promise<readonly string[] | string> {
  const files = protocolFiles(name);
  const taken = [...files.keys()].filter((path) => existsSync(join(ROOT, path)));
  if (taken.length > 0) return `there already: ${taken.join(', ')}`;
  writeFiles(ROOT, files);
  writeFileSync(join(ROOT, PROTOCOL_LIST_PATH), protocolListText(ROOT));
  formatFiles(ROOT, [...files.keys()]);
  await writeTables(ROOT, name.kebab);
  return [...files.keys(), PROTOCOL_LIST_PATH];
}

/** The files of a new protocol as texts by their paths, not formatted yet. */
export function protocolFiles(name: Spellings): ReadonlyMap<string, string> {
  return new Map([
    ...copied('nodes/ping', `nodes/${name.kebab}`, name),
    ...copied('test/unit/nodes/ping', `test/unit/nodes/${name.kebab}`, name),
    // The new protocol has the codec of ping, so its bytes are those of ping too.
    [
      `test/unit/nodes/${name.kebab}/golden-bytes.json`,
      read('test/unit/nodes/ping/golden-bytes.json'),
    ],
    [`nodes/${name.kebab}/README.md`, readmeText(name)],
    [`test/vectors/${name.kebab}.test.ts`, vectorTestText(name)],
    [
      `test/scenarios/doubles/${name.kebab}.ts`,
      doublesText({ file: name.kebab, protocol: name.kebab }),
    ],
    [`test/conformance/live-cases/${name.kebab}.ts`, liveCaseText(name)],
    [`topologies/${name.kebab}.yaml`, topologyText(name)],
    [`scenarios/${name.kebab}.yaml`, scenarioText(name)],
  ]);
}

/** Writes texts to paths below a folder. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Formats files: how lines break and imports are sorted depends on the name. */
export function formatFiles(folder: string, paths: readonly string[]): void {
  const code = paths.filter((path) => /\.(ts|json)$/.test(path));
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stderr, error } = spawnSync(
    process.execPath,
    [biome, 'check', '--write', ...code],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`cannot format the new files\n${stderr}`, { cause: error });
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function copied(from: string, to: string, name: Spellings): readonly [string, string][] {
  return readdirSync(join(ROOT, from))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const text = readFileSync(join(ROOT, from, file), 'utf8');
      // The tests of ping run the scenario of ping; the new protocol has a scenario of its own.
      const renamed = renamePing(text, name).replaceAll("'hello.yaml'", `'${name.kebab}.yaml'`);
      return [`${to}/${file}`, withOwnPort(renamed, name)];
    });
}

/** A port derived from the name, so that two new protocols can run in the same network. */
function portOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * HASH_FACTOR + letter.charCodeAt(0)) % PORTS;
  return PORT_FIRST + hash;
}

/** Gives the new protocol its own port; the echo port of RFC 862 remains that of ping. */
function withOwnPort(text: string, { kebab, upper }: Spellings): string {
  const words = `UDP port that ${kebab} nodes listen on: any one above those of the system (RFC 6335, section 6).`;
  return text.replace(
    new RegExp(`/\\*\\*[^/]*?RFC 862[^/]*?\\*/\\nexport const ${upper}_PORT = \\d+;`),
    `/** ${words} */\nexport const ${upper}_PORT = ${portOf(kebab)};`,
  );
}

async function main(name: string | undefined): Promise<number> {
  if (name === undefined || !NAME.test(name)) {
    console.error('npm run new:protocol NAME   a name in lower case, for example my-mix');
    return BAD_ARGUMENT;
  }
  const outcome = await createProtocol(spellName(name));
  if (typeof outcome === 'string') {
    console.error(outcome);
    return BAD_ARGUMENT;
  }
  for (const path of outcome) console.log(path);
  console.log(`\nIt works as it is: npm run scenario ${name}.yaml`);
  console.log('Then change it: docs/WRITING-A-PROTOCOL.md');
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv[2]);
}
