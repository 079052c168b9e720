import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFiles } from '../../../tools/new-protocol.ts';
import { slimOutput } from '../../../tools/package/slim-output.ts';

const FILES = {
  'index.js':
    "/** Says how. */\nimport { a } from './lib/a.js'; // ./lib/unused.js\nexport const b = a;\n",
  'index.d.ts': "/** Says how. */\nexport type { A } from './lib/types.ts';\n",
  'engine/host/index.js': 'export {};\n',
  'engine/host/index.d.ts': 'export {};\n',
  'cli/main.js':
    "const load = () => import('../lib/late.js');\nentryModuleUrl('./worker', import.meta.url);\n",
  'cli/worker-entry.mjs': 'await import(`./worker.$' + '{FORM}`);\n',
  'cli/worker.js': 'export {};\n',
  'lib/a.js': 'export const a = 1;\n',
  'lib/a.d.ts': 'export declare const a: number;\n',
  'lib/late.js': 'export {};\n',
  'lib/types.js': 'export {};\n',
  'lib/types.d.ts': 'export interface A {}\n',
  'lib/unused.js': 'export {};\n',
  commit: 'abc\n',
};
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-slim-'));
  writeFiles(folder, new Map(Object.entries(FILES)));
  slimOutput(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the package had modules that nothing loads, and types that nobody can import', () => {
  const left = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const gone = ['lib/a.d.ts', 'lib/types.js', 'lib/unused.js'];
  expect(left.sort()).toEqual(
    Object.keys(FILES)
      .filter((path) => !gone.includes(path))
      .sort(),
  );
});

it('keeps comments for readers of types, and none in code', () => {
  expect(readFileSync(join(folder, 'index.d.ts'), 'utf8')).toContain('Says how');
  expect(readFileSync(join(folder, 'index.js'), 'utf8')).not.toMatch(/Says how|unused/);
});
