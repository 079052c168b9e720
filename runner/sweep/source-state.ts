/**
 * Identifies the program that makes the results of a sweep: its commit and, in a repository,
 * uncommitted changes.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { PROJECT_ROOT } from '../../scenarios/folders.ts';
import { readCommit } from '../run/commit.ts';

/** Hex digits of the hash of uncommitted changes. */
const DIGITS = 8;
const UNKNOWN = 'unknown';
const DIFF_MAX = 64 * 1024 * 1024;

/**
 * The commit, with `+` and a hash of uncommitted changes if there are any: `1a2b3c4+9f86d081`.
 * `unknown` for a package that was built with uncommitted changes, because their content is lost.
 */
export function sourceState(): string {
  const commit = readCommit();
  if (!commit.endsWith('+')) return commit;
  const diff = differenceFrom(PROJECT_ROOT);
  if (diff === undefined) return UNKNOWN;
  return `${commit}${createHash('sha256').update(diff).digest('hex').slice(0, DIGITS)}`;
}

/** The uncommitted changes of a working copy; undefined in other folders. */
function differenceFrom(folder: string): Buffer | undefined {
  try {
    return execFileSync('git', ['-C', folder, 'diff', '--no-ext-diff', 'HEAD'], {
      maxBuffer: DIFF_MAX,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

/** False if the state of the sources is unknown: then equal states do not mean equal programs. */
export function isSourceStateKnown(state: string): boolean {
  return state !== UNKNOWN;
}
