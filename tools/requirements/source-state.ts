/**
 * The source that a result is about: a commit, with `+` if files differed from it.
 *
 * A result counts for the present files if nothing but documents written from results has changed
 * since. What is measured now has no age before it is committed: ages are counted up to the last
 * commit, so that the same commit is judged alike on every day.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';

/** Written from results, so not part of what the results are about. */
const WRITTEN = ['docs/REQUIREMENTS.md', 'docs/nightly.json', 'docs/FIGURES.md'];
const UNKNOWN = 'unknown';

/** Where a result comes from. */
export interface Origin {
  readonly commit: string;
  /** ISO date and time. */
  readonly at: string;
}

/** The files as they are now. */
export interface SourceState {
  readonly commit: string;
  /** Ages are counted up to here. */
  readonly judgedAt: Date;
  /** True if a result of that commit is about these files. */
  isSame(commit: string): boolean;
}

/** Asks git once; outside a repository only `unknown` matches. */
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
 * Short commit of these files, with `+` if they differ from it beyond what is written from results.
 */
export function currentCommit(root: string): string {
  const head = git(root, ['rev-parse', '--short=7', 'HEAD']);
  if (head === undefined) return UNKNOWN;
  return isUnchangedSince(root, head) ? head : `${head}+`;
}

function isUnchangedSince(root: string, commit: string): boolean {
  const without = WRITTEN.map((path) => `:(exclude)${path}`);
  const changed = git(root, ['diff', '--name-only', commit, '--', '.', ...without]);
  const strange = git(root, ['ls-files', '--others', '--exclude-standard', '--', '.', ...without]);
  return changed === '' && strange === '';
}

function judgedAt(root: string, commit: string): Date {
  if (!/^[0-9a-f]+$/.test(commit)) return new Date();
  return new Date(git(root, ['show', '--no-patch', '--format=%cI', commit]) ?? Date.now());
}

function git(root: string, args: readonly string[]): string | undefined {
  try {
    const output = execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim();
  } catch {
    // No git, no repository, or no such commit in it.
    return undefined;
  }
}
