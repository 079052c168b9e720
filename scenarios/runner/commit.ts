/**
 * The commit of this program: of the repository that it runs in, or the one that the package was
 * built from.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IS_SOURCE } from '../../engine/live/own-form.ts';
import { PROJECT_ROOT } from './folders.ts';

/** Written by the build (tools/build.ts); one line. */
const BUILT_FROM = 'dist/lib/commit';

/** Short commit, with `+` if files differ from it; `unknown` outside a repository. */
export function commitOf(): string {
  try {
    // An installed package may be inside the repository of another project, so git is not asked.
    if (!IS_SOURCE) return readFileSync(join(PROJECT_ROOT, BUILT_FROM), 'utf8').trim();
    const dirty = git(['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '+';
    return git(['rev-parse', '--short=7', 'HEAD']) + dirty;
  } catch {
    // There is no git or no repository.
    return 'unknown';
  }
}

function git(args: readonly string[]): string {
  const output = execFileSync('git', ['-C', PROJECT_ROOT, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.trim();
}
