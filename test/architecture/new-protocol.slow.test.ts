/**
 * `npm run new:protocol` writes a protocol that passes all checks; tried in a copy of the
 * repository.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renamePing, spellName } from '../../tools/new-protocol/spellings.ts';
import { PROTOCOL_LIST_PATH, protocolListText } from '../../tools/protocol-list.ts';
import { bin, copyWithProtocol, type Ran, runIn } from './copy-with-protocol.ts';
import { ROOT } from './files.ts';

const NAME = 'my-mix';
let copy = '';

const run = (program: string, args: readonly string[]): Ran => runIn(copy, program, args);
const node = (...args: readonly string[]): Ran =>
  run(process.execPath, ['--import', 'tsx', ...args]);

beforeAll(() => {
  copy = copyWithProtocol(NAME);
  addGenerator();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What the author of a protocol adds for networks by rule. */
const GENERATOR = `/**
 * Generates stars of one node and those that ask it.
 *
 * @module
 */
import { z } from 'zod';
import type { TopologyGenerator } from '../../engine/host/generator.ts';
import { wholeNumberSchema } from '../_kit/whole-number.ts';

const parameters = z.strictObject({
  askers: wholeNumberSchema('a number of nodes such as 3', { min: 1, max: 1_000 }).default(3),
});
type Size = z.output<typeof parameters>;

/** Stars, by \`generate: { kind: ${NAME} }\`. */
export const starGenerator: TopologyGenerator<Size> = {
  name: '${NAME}',
  parameters,
  size: ({ askers }) => ({ nodes: askers + 1, links: askers }),
  generate: ({ askers }) => {
    const names = Array.from({ length: askers }, (_, index) => \`alice\${index || ''}\`);
    return {
      nodes: [{ name: 'bob' }, ...names.map((name) => ({ name }))],
      links: names.map((name) => ({ ends: [name, 'bob'] as const, usual: { delayNs: 5e6 } })),
    };
  },
};
`;
const NETWORK = `topologies/${NAME}-star.yaml`;

function addGenerator(): void {
  writeFileSync(join(copy, `nodes/${NAME}/generator.ts`), GENERATOR);
  const index = join(copy, `nodes/${NAME}/index.ts`);
  const text = readFileSync(index, 'utf8')
    .replace('import { myMixMust }', "import { starGenerator } from './generator.ts';\n$&")
    .replace('  config: myMixConfig,\n', '$&  generators: [starGenerator],\n');
  writeFileSync(index, text);
  writeFileSync(join(copy, NETWORK), `name: star\ngenerate: { kind: ${NAME}, askers: 4 }\n`);
}

/** Files that differ from the repository, or that it does not have. */
function changedFiles(folder = ''): readonly string[] {
  return readdirSync(join(copy, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [];
    if (entry.isDirectory()) return changedFiles(path);
    const own = readFileSync(join(copy, path));
    const isSame = existsSync(join(ROOT, path)) && readFileSync(join(ROOT, path)).equals(own);
    return isSame ? [] : [path];
  });
}

describe('a new protocol', () => {
  it('is its folder, its tests and its files: nothing else changes but the generated list', () => {
    const own = [
      `nodes/${NAME}/`,
      `test/unit/nodes/${NAME}/`,
      `test/vectors/${NAME}.test.ts`,
      `test/scenarios/doubles/${NAME}.ts`,
      `test/conformance/live-cases/${NAME}.ts`,
      `topologies/${NAME}`,
      `scenarios/${NAME}.yaml`,
    ];
    const changed = changedFiles();
    expect(changed.filter((path) => path.startsWith(`nodes/${NAME}/`)).length).toBeGreaterThan(5);
    const others = changed.filter((path) => !own.some((start) => path.startsWith(start)));
    expect(others).toEqual([PROTOCOL_LIST_PATH]);
    // What `npm run protocols` and `npm run schemas` would write stands there already.
    expect(readFileSync(join(copy, PROTOCOL_LIST_PATH), 'utf8')).toBe(protocolListText(copy));
    expect(node('tools/schemas.ts', '--check')).toMatchObject({ status: 0, text: '' });
  });

  it('brings a generator, which files find by its name and whose mistakes have a place', () => {
    const words = ['scenario', `${NAME}.yaml`, '--set', `topology=${NAME}-star.yaml`];
    const short = [...words, '--set', 'duration=3s'];
    const { status, text } = node('cli/main.ts', ...short);
    expect(status, text).toBe(0);
    const file = join(copy, NETWORK);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('askers', 'asker'));
    const refused = node('cli/main.ts', ...short);
    writeFileSync(file, before);
    expect(refused.status).toBe(2);
    expect(refused.text).toMatch(/star\.yaml:2:27 +generate\.asker: unknown key/);
    expect(refused.text).toContain('hint: did you mean askers?');
  });

  it('is found by its folder, and shipped when README.md has a row for it', () => {
    const list = (): string => protocolListText(copy);
    expect(readFileSync(join(ROOT, PROTOCOL_LIST_PATH), 'utf8'), 'npm run protocols').toBe(
      protocolListText(ROOT),
    );
    expect(readFileSync(join(copy, PROTOCOL_LIST_PATH), 'utf8')).toBe(list());
    expect(list().indexOf('  mixnet as')).toBeLessThan(list().indexOf('const ADDED'));
    const readme = join(copy, 'README.md');
    const before = readFileSync(readme, 'utf8');
    writeFileSync(readme, `${before}\n| [my-mix](nodes/${NAME}/README.md) | | |\n`);
    expect(list()).toMatch(/const ADDED: readonly string\[\] = \[\];/);
    expect(list().indexOf('  myMix as')).toBeLessThan(list().indexOf('const ADDED'));
    writeFileSync(readme, before);
  });

  it('was given the port of echo requests, its RFC and a row of the README', () => {
    const geometry = readFileSync(join(copy, `nodes/${NAME}/geometry.ts`), 'utf8');
    expect(geometry).not.toMatch(/7007|RFC 862/);
    const [, port = ''] = /MY_MIX_PORT = (\d+);/.exec(geometry) ?? [];
    expect(Number(port)).toBeGreaterThanOrEqual(20_000);
    expect(Number(port)).toBeLessThan(30_000);
    expect(readFileSync(join(copy, 'README.md'), 'utf8')).not.toContain(NAME);
  });

  it('is its author’s: a crash of it is no bug of orrery', () => {
    const list = readFileSync(join(copy, PROTOCOL_LIST_PATH), 'utf8');
    expect(list).toMatch(/const ADDED: readonly string\[\] = \['my-mix'\];/);
    const file = join(copy, `nodes/${NAME}/node.ts`);
    const before = readFileSync(file, 'utf8');
    const broken =
      '  #receive(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {\n';
    expect(before).toContain(broken);
    writeFileSync(
      file,
      before.replace(broken, `${broken}    if (length > 0) throw new Error('my bug');\n`),
    );
    const words = ['scenario', `${NAME}.yaml`, '--set', 'duration=3s'];
    const { status, text } = node('cli/main.ts', ...words);
    writeFileSync(file, before);
    expect(status, text).toBe(6);
    expect(text).toContain(`Protocol ${NAME} crashed: bob threw at`);
    expect(text).toContain(`nodes/${NAME}/node.ts:`);
    expect(text).not.toContain('bug in orrery');
  });

  it('broke every command while it did not compile', () => {
    const file = join(copy, `nodes/${NAME}/node.ts`);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `${before}\nexport clas Mistyped {}\n`);
    const own = node('cli/main.ts', 'scenario', `${NAME}.yaml`);
    const other = node('cli/main.ts', 'scenario', 'hello.yaml');
    const listed = node('cli/main.ts', 'scenario', '--list-metrics');
    writeFileSync(file, before);
    expect(own.status, own.text).toBe(2);
    expect(own.text).toMatch(new RegExp(`nodes/${NAME}/node\\.ts:\\d+:\\d+ `));
    expect(own.text).toMatch(/export clas Mistyped \{\}\n[ |0-9]*\^/);
    expect(own.text).not.toContain('bug in orrery');
    expect([other.status, listed.status], other.text + listed.text).toEqual([0, 0]);
  });

  it('runs its scenario to a verdict at once', () => {
    const { status, text } = node(
      'cli/main.ts',
      'scenario',
      `${NAME}.yaml`,
      '--set',
      'duration=3s',
    );
    expect(status, text).toBe(0);
    expect(text).toMatch(/^PASS {2}my-mix {3}3 of 3 KPIs met/m);
  });

  it('passes its tests and the lint of protocol folders', () => {
    const paths = [`test/unit/nodes/${NAME}`, `test/vectors/${NAME}.test.ts`];
    const folders = ['test/architecture/protocol-folders.test.ts', '-t', NAME];
    const tests = run(bin('vitest'), ['run', ...paths]);
    expect(tests.status, tests.text).toBe(0);
    const lint = run(bin('vitest'), ['run', ...folders]);
    expect(lint.status, lint.text).toBe(0);
  });

  it('passes the tests that ask something of every protocol and scenario', () => {
    const asked = `exist for every limit|${NAME}.yaml|a protocol that does not exist`;
    const paths = [
      'test/scenarios/doubles.slow.test.ts',
      'test/unit/scenarios/files/stack.test.ts',
    ];
    const { status, text } = run(bin('vitest'), ['run', ...paths, '-t', asked]);
    expect(status, text).toBe(0);
    // Three defects, their completeness; a hint.
    expect(text).toMatch(/Tests .*5 passed/);
  });

  it('passes types, lint and format', () => {
    writeFileSync(
      join(copy, 'tsconfig.new.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: { incremental: false, tsBuildInfoFile: null },
        include: [`nodes/${NAME}`],
      }),
    );
    const types = run(bin('../typescript-7/bin/tsc'), ['-p', 'tsconfig.new.json']);
    expect(types.status, types.text).toBe(0);
    const touched = [
      ...[`nodes/${NAME}`, `test/unit/nodes/${NAME}`, `test/vectors/${NAME}.test.ts`],
      ...[`test/scenarios/doubles/${NAME}.ts`, `test/conformance/live-cases/${NAME}.ts`],
    ];
    const lint = run(bin('biome'), [
      'check',
      '--error-on-warnings',
      ...touched,
      PROTOCOL_LIST_PATH,
    ]);
    expect(lint.status, lint.text).toBe(0);
  });

  it('is not written over one that is there, nor under a bad name', () => {
    expect(node('tools/new-protocol.ts', NAME)).toMatchObject({ status: 2 });
    expect(node('tools/new-protocol.ts', NAME).text).toContain('there already');
    expect(node('tools/new-protocol.ts', 'My Mix')).toMatchObject({ status: 2 });
    expect(node('tools/new-protocol.ts')).toMatchObject({ status: 2 });
  });
});

describe('names', () => {
  it('are put into every spelling, and into no longer word', () => {
    const name = spellName(NAME);
    expect(name).toEqual({ kebab: NAME, camel: 'myMix', pascal: 'MyMix', upper: 'MY_MIX' });
    const text = "pingConfig createPingNode PING_PORT 'ping.rtt' shipping";
    expect(renamePing(text, name)).toBe(
      "myMixConfig createMyMixNode MY_MIX_PORT 'my-mix.rtt' shipping",
    );
  });
});
