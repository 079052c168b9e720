/**
 * How the command line starts, tested in a copy of the project whose sources and caches a test may
 * change.
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/files.ts';
import { ProjectCopy, told } from './start-copy.ts';

const copy = new ProjectCopy();
const { folder, store } = copy;
afterAll(() => copy.remove());

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const VERSION = { stdout: `${version}\n`, stderr: '', status: 0 };
const RUNS = join(folder, 'runs');
const HELLO = ['scenario', 'hello.yaml', '--set', 'duration=3s', '-q', '--out', RUNS];
/** What a process has loaded: counted in the process itself, at its end. */
interface Loaded {
  readonly code: number;
  /** Modules of Node. */
  readonly modules: readonly string[];
  /** Files of code that it read, also to see whether they have changed. */
  readonly files: readonly string[];
  readonly threads: number;
}
const COUNTER = `
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const threads = require('node:worker_threads');
if (threads.isMainThread) {
  const { readFileSync } = fs;
  const { Worker } = threads;
  const files = new Set();
  let started = 0;
  fs.readFileSync = (path, ...how) => {
    if (/\\.(cjs|[jt]s)$/.test(String(path))) files.add(String(path));
    return readFileSync(path, ...how);
  };
  threads.Worker = class extends Worker {
    constructor(...how) {
      super(...how);
      started += 1;
    }
  };
  syncBuiltinESMExports();
  process.on('exit', (code) => {
    const modules = process.moduleLoadList;
    fs.writeSync(2, JSON.stringify({ code, modules, files: [...files], threads: started }) + '\\n');
  });
}
`;

describe('the first run after a change', () => {
  beforeEach(() => rmSync(store, { recursive: true, force: true }));

  it('says nothing, and leaves sources and compiled code for those that follow', () => {
    expect(told(copy.orrery('--version'))).toEqual(VERSION);
    const [key = '', ...others] = copy.entries();
    expect(others).toEqual([]);
    const made = statSync(join(store, key, 'command.cjs')).mtimeMs;
    const hello = copy.orrery(...HELLO);
    expect([hello.status, hello.stderr]).toEqual([0, '']);
    expect(hello.stdout).toMatch(/^PASS {2}hello/);
    const kept = ['command.cache', 'front.cache', 'run-worker.cache'];
    expect(readdirSync(join(store, key))).toEqual(expect.arrayContaining(kept));
    expect(copy.orrery(...HELLO).stdout).toBe(hello.stdout);
    expect(statSync(join(store, key, 'command.cjs')).mtimeMs).toBe(made);
    expect(copy.entries()).toEqual([key]);
  });

  it('loads no more for a run that fails loading than for one that does not', () => {
    const counter = join(folder, 'count-loaded.cjs');
    writeFileSync(counter, COUNTER);
    const bad = join(folder, 'bad.yaml');
    const hello = readFileSync(join(folder, 'scenarios/hello.yaml'), 'utf8');
    writeFileSync(bad, hello.replace('ping.rtt', 'ping.rrt'));
    const loadedBy = (...words: readonly string[]): Loaded => {
      const env = { ...copy.environment, NODE_OPTIONS: `--require ${counter}` };
      const { stderr } = spawnSync(process.execPath, [copy.command, ...words], {
        ...{ cwd: folder, env, encoding: 'utf8' },
      });
      return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Loaded;
    };
    // The first command makes the programs.
    loadedBy('--version');
    const good = loadedBy(...HELLO);
    const failed = loadedBy('scenario', bad, '--out', RUNS);
    expect([good.code, failed.code]).toEqual([0, 2]);
    expect([good.threads, failed.threads]).toEqual([1, 0]);
    expect(failed.modules.filter((name) => !good.modules.includes(name))).toEqual([]);
    expect(failed.files.filter((name) => !good.files.includes(name))).toEqual([]);
    const programs = failed.files.filter((name) => name.startsWith(store));
    expect(programs).toEqual([expect.stringMatching(/\/command\.cjs$/)]);
  });

  it('is two runs at once: both go on, and leave one folder and no drafts', async () => {
    const run = (): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [copy.command, '--version'], {
          cwd: folder,
          env: copy.environment,
        });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            said += chunk.toString();
          });
        }
        child.on('close', () => resolve(said));
      });
    expect(await Promise.all([run(), run(), run()])).toEqual(Array(3).fill(`${version}\n`));
    expect(copy.entries()).toHaveLength(1);
    expect(copy.entries()[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(
      readdirSync(join(store, copy.entries()[0]!)).filter((name) => /\d+-0$/.test(name)),
    ).toEqual([]);
  });

  it('keeps what it made in the cache of the user where it may not write in the project', () => {
    mkdirSync(join(store, '..'), { recursive: true });
    writeFileSync(store, 'a file is in the way');
    try {
      expect(told(copy.orrery('--version'))).toEqual(VERSION);
      expect(told(copy.orrery('--version'))).toEqual(VERSION);
      expect(statSync(store).isFile()).toBe(true);
      const [key = '', ...others] = copy.entries(copy.userStore);
      expect(others).toEqual([]);
      expect(readdirSync(join(copy.userStore, key))).toContain('front.cache');
    } finally {
      rmSync(copy.userCache, { recursive: true, force: true });
    }
  });

  it('runs from the sources where there is no place at all', () => {
    mkdirSync(join(store, '..'), { recursive: true });
    writeFileSync(store, 'a file is in the way');
    writeFileSync(copy.userCache, 'and here');
    try {
      expect(told(copy.orrery('--version'))).toEqual(VERSION);
    } finally {
      rmSync(copy.userCache);
    }
  });

  it('says of a source that does not load what it said before, and tries to bundle it once only', () => {
    const count = join(folder, 'tries');
    const counted = (text: string): string =>
      `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(count)}, '.');\n${text}`;
    copy.withSource('engine/live/prepare.mjs', counted, () => {
      copy.withSource(
        'cli/program.ts',
        (text) => `${text}\nconst = 1;\n`,
        () => {
          const [first, second] = [copy.orrery('--version'), copy.orrery('--version')];
          expect(first.status).not.toBe(0);
          expect(first.stderr).toMatch(/cli\/program\.ts:\d+:\d+/);
          expect(told(second)).toEqual(told(first));
          expect(readFileSync(count, 'utf8')).toBe('.');
          const [key = '', ...others] = copy.entries();
          expect(others).toEqual([]);
          expect(readdirSync(join(store, key))).toEqual([]);
        },
      );
    });
    expect(told(copy.orrery('--version'))).toEqual(VERSION);
  });
});

describe('a later run', () => {
  beforeAll(() => {
    copy.orrery('--version');
  }, 300_000);

  it('sees a source that was changed, and the old one when it is back', () => {
    const before = copy.orrery('--help').stdout;
    copy.withSource(
      'cli/program.ts',
      (text) => text.replace('Runs real protocol code', 'Runs changed protocol code'),
      () => expect(copy.orrery('--help').stdout).toContain('Runs changed protocol code'),
    );
    expect(copy.orrery('--help').stdout).toBe(before);
  });

  it('starts with compiled code that is cut short or of something else', () => {
    const caches = copy.entries().map((key) => join(store, key, 'front.cache'));
    for (const damage of ['', 'junk', 'junk'.repeat(100_000)]) {
      for (const cache of caches) writeFileSync(cache, damage);
      expect(told(copy.orrery('--version'))).toEqual(VERSION);
      const mended = caches.filter((cache) => readFileSync(cache, 'latin1') !== damage);
      expect(mended).toHaveLength(1);
    }
  });

  it('names file and line of the source in stacks', () => {
    const line = readFileSync(join(folder, 'cli/list-metrics.ts'), 'utf8').split('\n').length;
    const late = "\nexport function broken(): never {\n  throw new Error('here');\n}\n";
    copy.withSource(
      'cli/list-metrics.ts',
      (text) => text.replace(/(export async function listMetrics\([^{]*\{)/, '$1 broken();') + late,
      () => {
        const { stderr, status } = copy.orrery('scenario', '--list-metrics', '--debug');
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

  it('leaves four folders, those that were used last, and no draft of a run that was killed', () => {
    const age = (name: string, hours: number): void => {
      const then = new Date(Date.now() - hours * 3_600_000);
      utimesSync(join(store, name), then, then);
    };
    for (const name of copy.entries()) age(name, 5);
    // Of other states of the sources, as runs left them: the last used first.
    const others = [...'1234'].map((digit) => digit.repeat(32));
    for (const [index, name] of others.entries()) {
      mkdirSync(join(store, name));
      age(name, index + 1);
    }
    const [dead, young] = [`${others[0]}.4711`, `${others[0]}.4712`];
    for (const draft of [dead, young]) mkdirSync(join(store, draft));
    age(dead, 1);
    // The original state was stored first, but is used.
    const before = copy.entries();
    expect(told(copy.orrery('--version'))).toEqual(VERSION);
    expect(copy.entries()).toEqual(before);
    const own = before.filter((name) => statSync(join(store, name)).mtimeMs > Date.now() - 600_000);
    copy.withSource(
      'cli/completion.ts',
      (text) => `${text}// changed\n`,
      () => expect(told(copy.orrery('--version'))).toEqual(VERSION),
    );
    const left = copy.entries();
    const made = left.filter((name) => !before.includes(name));
    expect(made).toHaveLength(1);
    expect(left).toEqual([...own, ...made, ...others.slice(0, 2)].sort());
    expect(own).toContain(young);
    copy.orrery('--version');
    expect(copy.entries()).toEqual(left);
  });
});
