/**
 * The start of the command line in a copy of the project, whose sources and caches a test may change.
 *
 * @module
 */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/files.ts';

const COPIED = [
  ...['cli', 'engine', 'nodes', 'reports', 'scenarios', 'services', 'topologies', 'viz/format'],
  ...['viz/server', 'tools', 'package.json', 'package-lock.json', 'tsconfig.json'],
];
/** Without a package.json above it: the copy brings its own. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'orrery-start-')));
const store = join(folder, 'node_modules/.cache/orrery/start');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

beforeAll(() => {
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === '.cache') continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = [join(folder, 'cli/start.mjs')];

function orrery(...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...START, ...words], { cwd: folder, encoding: 'utf8' });
}

const told = ({ stdout, stderr, status }: SpawnSyncReturns<string>): unknown => ({
  stdout,
  stderr,
  status,
});
const VERSION = { stdout: `${version}\n`, stderr: '', status: 0 };
const HELLO = [
  'scenario',
  'hello.yaml',
  '--set',
  'duration=3s',
  '-q',
  '--out',
  join(folder, 'runs'),
];

/** The folders of the store, and what was left of others. */
const entries = (): string[] => (existsSync(store) ? readdirSync(store).sort() : []);

/** Changes a source while something is done. */
function withSource(path: string, change: (text: string) => string, act: () => void): void {
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, change(text));
  try {
    act();
  } finally {
    writeFileSync(file, text);
  }
}

describe('the first run after a change', () => {
  beforeEach(() => rmSync(store, { recursive: true, force: true }));

  it('says nothing, and leaves sources and compiled code for those that follow', () => {
    expect(told(orrery('--version'))).toEqual(VERSION);
    const [key = '', ...others] = entries();
    expect(others).toEqual([]);
    const made = statSync(join(store, key, 'command.cjs')).mtimeMs;
    const hello = orrery(...HELLO);
    expect([hello.status, hello.stderr]).toEqual([0, '']);
    expect(hello.stdout).toMatch(/^PASS {2}hello/);
    const kept = ['command.cache', 'front.cache', 'run-worker.cache'];
    expect(readdirSync(join(store, key))).toEqual(expect.arrayContaining(kept));
    expect(orrery(...HELLO).stdout).toBe(hello.stdout);
    expect(statSync(join(store, key, 'command.cjs')).mtimeMs).toBe(made);
    expect(entries()).toEqual([key]);
  });

  it('is two runs at once: both go on, and leave one folder and no drafts', async () => {
    const run = (): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [...START, '--version'], { cwd: folder });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            said += chunk.toString();
          });
        }
        child.on('close', () => resolve(said));
      });
    expect(await Promise.all([run(), run(), run()])).toEqual(Array(3).fill(`${version}\n`));
    expect(entries()).toHaveLength(1);
    expect(entries()[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(readdirSync(join(store, entries()[0]!)).filter((name) => /\d+-0$/.test(name))).toEqual(
      [],
    );
  });

  it('runs from the sources where the store cannot be had', () => {
    writeFileSync(store, 'a file is in the way');
    expect(told(orrery('--version'))).toEqual(VERSION);
    expect(statSync(store).isFile()).toBe(true);
  });

  it('says of a source that does not load what it said before', () => {
    withSource(
      'cli/program.ts',
      (text) => `${text}\nconst = 1;\n`,
      () => {
        const { status, stderr } = orrery('--version');
        expect(status).not.toBe(0);
        expect(stderr).toMatch(/cli\/program\.ts:\d+:\d+/);
        expect(entries()).toEqual([]);
      },
    );
  });
});

describe('a later run', () => {
  beforeAll(() => {
    orrery('--version');
  });

  it('sees a source that was changed, and the old one when it is back', () => {
    const before = orrery('--help').stdout;
    withSource(
      'cli/program.ts',
      (text) => text.replace('Runs real protocol code', 'Runs changed protocol code'),
      () => expect(orrery('--help').stdout).toContain('Runs changed protocol code'),
    );
    expect(orrery('--help').stdout).toBe(before);
  });

  it('starts with compiled code that is cut short or of something else', () => {
    const caches = entries().map((key) => join(store, key, 'front.cache'));
    for (const damage of ['', 'junk', 'junk'.repeat(100_000)]) {
      for (const cache of caches) writeFileSync(cache, damage);
      expect(told(orrery('--version'))).toEqual(VERSION);
      const mended = caches.filter((cache) => readFileSync(cache, 'latin1') !== damage);
      expect(mended).toHaveLength(1);
    }
  });

  it('names file and line of the source in stacks', () => {
    const line = readFileSync(join(folder, 'cli/list-metrics.ts'), 'utf8').split('\n').length;
    const late = "\nexport function broken(): never {\n  throw new Error('here');\n}\n";
    withSource(
      'cli/list-metrics.ts',
      (text) => text.replace(/(export function listMetrics\([^{]*\{)/, '$1 broken();') + late,
      () => {
        const { stderr, status } = orrery('scenario', '--list-metrics', '--debug');
        expect(status).toBe(3);
        expect(stderr).toContain('This is a bug in orrery: here');
        expect(stderr).toContain(
          `at broken (${join(folder, 'cli/list-metrics.ts')}:${line + 2}:9)`,
        );
        expect(stderr).toMatch(/at listMetrics \(.*cli\/list-metrics\.ts:\d+:\d+\)/);
        expect(stderr).not.toContain('.cjs');
      },
    );
  });

  it('leaves four folders at most, its own among them', () => {
    const file = join(folder, 'cli/completion.ts');
    const text = readFileSync(file, 'utf8');
    for (let change = 0; change < 5; change += 1) {
      appendFileSync(file, `// ${change}\n`);
      expect(told(orrery('--version'))).toEqual(VERSION);
    }
    expect(entries()).toHaveLength(4);
    writeFileSync(file, text);
  });
});
