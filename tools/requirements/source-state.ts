/**
 * Identifies the version of the source files of a result: a commit, with `+` if files differed from it.
 *
 * A result is valid for the present files if, since then, only documents generated from results
 * have changed. The age of a result is its distance to the last commit, not to today, so that the
 * same commit gets the same judgement on every day.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';

/** Files generated from results, which therefore do not make results invalid. */
const WRITTEN = ['docs/REQUIREMENTS.md', 'docs/nightly.json', 'docs/FIGURES.md'];
const UNKNOWN = 'unknown';

/** The version of the files that a result was measured with, and the time of the run. */
export interface ResultOrigin {
  readonly commit: string;
  /** ISO date and time. */
  readonly at: string;
}

/** The version of the present files. */
export interface SourceState {
  readonly commit: string;
  /** The time up to which the ages of results are counted. */
  readonly judgedAt: Date;
  /** True if a result for that commit is valid for these files. */
  isSame(commit: string): boolean;
}

/** Reads the state with git; outside a repository, only results of the commit `unknown` match. */
export function sourceState(root: string): SourceState {
  const commit = currentCommit(root);
  const known = new Map<string, boolean>([[commit, true]]);
  return {
    commit,
    judgedAt: judgedAt(root, commit),
    isSame: (other): boolean => {
      const before = known.get(other);
      if (before !== undefined) return before;
      const isSame = /^[0-9a-f]{7,40}$/.test(other) && isUnchangedSince(root, other);
      known.set(other, isSame);
      return isSame;
    },
  };
}

/**
 * The short commit of these files, with `+` if files other than the generated ones differ from it.
 */
export function currentCommit(root: string): string {
  const head = gitOutput(root, ['rev-parse', '--short=7', 'HEAD']);
  if (head === undefined) return UNKNOWN;
  return isUnchangedSince(root, head) ? head : `${head}+`;
}

function isUnchangedSince(root: string, commit: string): boolean {
  const without = WRITTEN.map((path) => `:(exclude)${path}`);
  const changed = gitOutput(root, ['diff', '--name-only', commit, '--', '.', ...without]);
  const strange = gitOutput(root, [
    'ls-files',
    '--others',
    '--exclude-standard',
    '--',
    '.',
    ...without,
  ]);
  return changed === '' && strange === '';
}

function judgedAt(root: string, commit: string): Date {
  if (!/^[0-9a-f]+$/.test(commit)) return new Date();
  return new Date(gitOutput(root, ['show', '--no-patch', '--format=%cI', commit]) ?? Date.now());
}

/**
 * The output of git without its final newline; undefined if there is no git, no repository or no such
 * commit.
 */
export function gitOutput(root: string, args: readonly string[]): string | undefined {
  try {
    const output = execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim();
  } catch {
    // Without git, a repository or the commit, the result is undefined.
    return undefined;
  }
}
