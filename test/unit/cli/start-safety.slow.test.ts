/**
 * Programs in the store are executed, so nobody may write there who could not change the program
 * itself.
 *
 * @module
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProjectCopy } from './start-copy.ts';

/** A program in the format that prepare.mjs writes. */
const PLANTED = `(function (exports) {
  exports.command = { runCommand: () => process.stdout.write('planted') };
})`;
const OTHERS = 65_534;
const copy = new ProjectCopy();
const { store, userStore } = copy;
const cache = dirname(dirname(store));
let key = '';

beforeAll(() => {
  // Set explicitly, because the umask of this process may differ.
  chmodSync(copy.folder, 0o755);
  copy.orrery('--version');
  [key = ''] = copy.entries();
});
afterAll(() => copy.remove());

/** Replaces a bundled program. */
function plant(where: string = store): void {
  mkdirSync(join(where, key), { recursive: true });
  writeFileSync(join(where, key, 'command.cjs'), PLANTED);
}

const isRun = (): boolean => copy.orrery('--version').stdout.startsWith('planted');

describe('a program that lies ready', () => {
  beforeEach(() => plant());

  it('is run where only its owner may write', () => {
    expect(isRun()).toBe(true);
  });

  it.each([
    ['.cache', cache],
    ['.cache/orrery', dirname(store)],
    ['.cache/orrery/start', store],
  ])('is not run where others may write in %s', (_name, path) => {
    for (const mode of [0o757, 0o777, 0o1777, 0o775]) {
      chmodSync(path, mode);
      try {
        expect(isRun(), mode.toString(8)).toBe(false);
      } finally {
        chmodSync(path, 0o755);
      }
    }
    expect(isRun()).toBe(true);
  });

  it('is not run where others may write in its own folder', () => {
    const own = join(store, key);
    chmodSync(own, 0o757);
    try {
      expect(isRun()).toBe(false);
    } finally {
      chmodSync(own, 0o755);
    }
  });

  it('is run where whoever may write may change the project as well', () => {
    for (const path of [copy.folder, cache]) chmodSync(path, 0o777);
    try {
      expect(isRun()).toBe(true);
    } finally {
      for (const path of [copy.folder, cache]) chmodSync(path, 0o755);
    }
  });

  it('is not run where a link leads to it', () => {
    const moved = join(copy.folder, 'elsewhere');
    renameSync(store, moved);
    symlinkSync(moved, store);
    expect(isRun()).toBe(false);
  });
});

describe('a program in the cache of the user', () => {
  beforeAll(() => {
    if (existsSync(store)) renameSync(store, `${store}-aside`);
    writeFileSync(store, 'a file is in the way');
  });

  it('is run, and not where others may write', () => {
    copy.orrery('--version');
    expect(copy.entries(userStore)).toEqual([key]);
    expect(statSync(userStore).mode & 0o777).toBe(0o700);
    plant(userStore);
    expect(isRun()).toBe(true);
    chmodSync(copy.userCache, 0o777);
    expect(isRun()).toBe(false);
    chmodSync(copy.userCache, 0o755);
    expect(isRun()).toBe(true);
  });

  it.skipIf(process.geteuid?.() !== 0)('is not run where it belongs to somebody else', () => {
    plant(userStore);
    chownSync(join(userStore, key), OTHERS, OTHERS);
    expect(isRun()).toBe(false);
    // The planted program was replaced by one of this project.
    expect(copy.entries(userStore)).toEqual([key]);
    expect(statSync(join(userStore, key)).uid).toBe(0);
    plant(userStore);
    expect(isRun()).toBe(true);
  });
});
