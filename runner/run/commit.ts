/**
 * The commit of this program: of the repository that it runs in, or the one that the package was
 * built from.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IS_RUN_FROM_SOURCE } from '../../engine/live/own-form.ts';
import { quoteShellWord } from '../../reports/shell-word.ts';
import { PROJECT_ROOT } from '../../scenarios/folders.ts';

/** Written by the build (tools/build.ts); one line. */
const BUILT_FROM = 'dist/lib/commit';

/** Short commit, with `+` if files differ from it; `unknown` outside a repository. */
export function readCommit(): string {
  try {
    // An installed package may be inside the repository of another project, so git is not asked.
    if (!IS_RUN_FROM_SOURCE) return readFileSync(join(PROJECT_ROOT, BUILT_FROM), 'utf8').trim();
    const dirty = git(['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '+';
    return git(['rev-parse', '--short=7', 'HEAD']) + dirty;
  } catch {
    // There is no git or no repository.
    return 'unknown';
  }
}

/** Why the commit is unknown, and what to do, where git says so; undefined otherwise. */
export function commitTrouble(): string | undefined {
  if (!IS_RUN_FROM_SOURCE) return undefined;
  const { stderr } = spawnSync('git', ['-C', PROJECT_ROOT, 'rev-parse', 'HEAD'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  // Common in containers: git refuses repositories of other users, who could have prepared them.
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
