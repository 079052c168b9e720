/**
 * Where the project's own files are, whatever the current folder is, and which commit they are of.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A file of the project. */
export function projectFile(path: string): string {
  return join(ROOT, path);
}

/** Short commit, with `+` when files differ from it; `unknown` outside a repository. */
export function commitOf(): string {
  try {
    const git = (args: readonly string[]): string =>
      execFileSync('git', ['-C', ROOT, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const dirty = git(['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '+';
    return git(['rev-parse', '--short=7', 'HEAD']) + dirty;
  } catch {
    // No git, or no repository: an installed package.
    return 'unknown';
  }
}

function findRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return from;
    folder = above;
  }
  return folder;
}
