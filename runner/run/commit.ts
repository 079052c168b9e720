/**
 * The commit of this program: that of its repository, or the one from which the package was built.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IS_RUN_FROM_SOURCE } from '../../engine/live/own-form.ts';
import { quoteShellWord } from '../../reports/shell-word.ts';
import { PROJECT_ROOT } from '../../scenarios/folders.ts';

/** Path of a file with one line, the commit, that the build writes (tools/build.ts). */
const BUILT_FROM = 'dist/lib/commit';

/** Short commit, with `+` if files differ from it; `unknown` outside a repository. */
export function readCommit(): string {
  try {
    // An installed package may be in the repository of another project, so git would give a wrong
    // answer.
    if (!IS_RUN_FROM_SOURCE) return readFileSync(join(PROJECT_ROOT, BUILT_FROM), 'utf8').trim();
    const dirty = git(['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '+';
    return git(['rev-parse', '--short=7', 'HEAD']) + dirty;
  } catch {
    // There is no git or no repository.
    return 'unknown';
  }
}

/** True if the program runs from a repository in which this file is new or changed. */
export function isUncommitted(path: string): boolean {
  try {
    return IS_RUN_FROM_SOURCE && git(['status', '--porcelain', '--', path]) !== '';
  } catch {
    return false;
  }
}

/** Explains, if git refuses the repository, why the commit is unknown and what to do; else undefined. */
export function explainUnknownCommit(): string | undefined {
  if (!IS_RUN_FROM_SOURCE) return undefined;
  const { stderr } = spawnSync('git', ['-C', PROJECT_ROOT, 'rev-parse', 'HEAD'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  // Git refuses repositories that belong to another user, which is common in containers.
  if (!stderr?.includes('dubious ownership')) return undefined;
  const allow = `git config --global --add safe.directory ${quoteShellWord(PROJECT_ROOT)}`;
  return `the commit is unknown, because the checkout belongs to another user: ${allow}`;
}

function git(args: readonly string[]): string {
  const output = execFileSync('git', ['-C', PROJECT_ROOT, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.trim();
}
