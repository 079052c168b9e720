/**
 * `npm run new:protocol` writes a protocol that passes everything: done in a copy of the repository.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rename, spell } from '../../tools/new-protocol/spellings.ts';
import { ROOT } from './files.ts';

const NAME = 'my-mix';
const LEFT_OUT = new Set(['.git', 'node_modules', 'runs', 'dist', 'coverage']);
let copy = '';

function run(program: string, args: readonly string[]): { status: number; text: string } {
  const environment = { ...process.env, NO_COLOR: '1' };
  const options = { cwd: copy, encoding: 'utf8', env: environment } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status: status ?? 1, text: `${stdout}${stderr}` };
}

const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
const node = (...args: readonly string[]): ReturnType<typeof run> =>
  run(process.execPath, ['--import', 'tsx', ...args]);

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'orrery-protocol-'));
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const { status, text } = node('tools/new-protocol.ts', NAME);
  expect(status, text).toBe(0);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a new protocol', () => {
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

  it('passes types, lint and format', () => {
    writeFileSync(
      join(copy, 'tsconfig.new.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: { incremental: false, tsBuildInfoFile: null },
        include: [`nodes/${NAME}`],
      }),
    );
    const types = run(bin('tsc'), ['-p', 'tsconfig.new.json']);
    expect(types.status, types.text).toBe(0);
    const touched = [`nodes/${NAME}`, `test/unit/nodes/${NAME}`, `test/vectors/${NAME}.test.ts`];
    const lint = run(bin('biome'), [
      'check',
      '--error-on-warnings',
      ...touched,
      'scenarios/registry.ts',
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
    const name = spell(NAME);
    expect(name).toEqual({ kebab: NAME, camel: 'myMix', pascal: 'MyMix', upper: 'MY_MIX' });
    const text = "pingConfig createPing PING_PORT 'ping.rtt' shipping";
    expect(rename(text, name)).toBe("myMixConfig createMyMix MY_MIX_PORT 'my-mix.rtt' shipping");
  });
});
