/**
 * A copy of the project that uses the installed packages of this checkout. A test may change its
 * sources and caches.
 *
 * @module
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../architecture/files.ts';

const COPIED = [
  ...[
    'cli',
    'engine',
    'nodes',
    'lab',
    'reports',
    'runner',
    'scenarios',
    'services',
    'topologies',
    'viz/format',
  ],
  ...['viz/server', 'tools', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

/** The copy of the project. */
export class ProjectCopy {
  /**
   * A folder outside this project, so that no package.json above it applies; the copy has its own.
   */
  readonly #parent = realpathSync(mkdtempSync(join(tmpdir(), 'orrery-start-')));
  readonly folder = join(this.#parent, 'project');
  /** The folder with the bundled programs. */
  readonly store = join(this.folder, 'node_modules/.cache/orrery/start');
  /** The user's cache folder, and in it the store for programs without a store of their own. */
  readonly userCache = join(this.#parent, 'cache');
  readonly userStore = join(this.userCache, 'orrery/start');
  /** The folder for temporary files. */
  readonly temporary = join(this.#parent, 'temporary');
  readonly environment: NodeJS.ProcessEnv = {
    ...process.env,
    XDG_CACHE_HOME: this.userCache,
    TMPDIR: this.temporary,
  };
  readonly command = join(this.folder, 'cli/start.mjs');

  constructor() {
    mkdirSync(this.temporary);
    for (const path of COPIED) {
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true });
    }
    mkdirSync(join(this.folder, 'node_modules'));
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name === '.cache') continue;
      symlinkSync(join(ROOT, 'node_modules', name), join(this.folder, 'node_modules', name));
    }
  }

  /** Runs the command line. */
  orrery(...words: readonly string[]): SpawnSyncReturns<string> {
    const how = { cwd: this.folder, env: this.environment, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [this.command, ...words], how);
  }

  /** The entries of a store, sorted. */
  entries(store: string = this.store): readonly string[] {
    return existsSync(store) ? readdirSync(store).sort() : [];
  }

  /** Changes a source file during an action. */
  withSource(path: string, change: (text: string) => string, act: () => void): void {
    const file = join(this.folder, path);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, change(text));
    try {
      act();
    } finally {
      writeFileSync(file, text);
    }
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

/** The output of a command and its exit code. */
export const told = ({ stdout, stderr, status }: SpawnSyncReturns<string>): unknown => ({
  stdout,
  stderr,
  status,
});
