/**
 * Checks the messages of all commits after a recorded one.
 *
 * If git, the repository or the recorded commit is missing (as in a package or a shallow clone),
 * nothing is checked and the result gives the reason.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { speedProblems, subjectProblems } from './subject.ts';

/** A commit that changes more lines than this needs a body. */
const LINES_WITHOUT_BODY = 200;

/** The result of checking the history. */
export type HistoryCheck =
  | { readonly kind: 'skipped'; readonly why: string }
  | {
      readonly kind: 'checked';
      readonly commits: number;
      /** One line per problem, with the commit. */
      readonly problems: readonly string[];
    };

/**
 * Checks every commit from `base` (exclusive) to HEAD.
 * @param program The git program to run.
 */
export function checkHistory(folder: string, base: string, program = 'git'): HistoryCheck {
  const git = (...args: readonly string[]): string =>
    execFileSync(program, ['-C', folder, ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    git('rev-parse', '--git-dir');
  } catch {
    return { kind: 'skipped', why: 'this is no git repository, or git is not installed' };
  }
  try {
    git('merge-base', '--is-ancestor', base, 'HEAD');
  } catch {
    return { kind: 'skipped', why: `commit ${base.slice(0, 7)} is not in this clone` };
  }
  const ids = git('rev-list', '--no-merges', '--reverse', `${base}..HEAD`).split('\n');
  const commits = ids.filter((id) => id !== '');
  const problems = commits.flatMap((id) => {
    const [subject = '', ...body] = git('show', '-s', '--format=%s%n%b', id).trimEnd().split('\n');
    const found = [...subjectProblems(subject), ...speedProblems(subject, body.join('\n'))];
    const hasBody = body.some((line) => line.trim() !== '');
    if (!hasBody && changedLines(git('show', '--numstat', '--format=', id)) > LINES_WITHOUT_BODY) {
      found.push(`changes more than ${LINES_WITHOUT_BODY} lines: give the reason in the body`);
    }
    return found.map((problem) => `${id.slice(0, 7)} "${subject}" ${problem}`);
  });
  return { kind: 'checked', commits: commits.length, problems };
}

/** Number of added and removed lines; binary files do not count. */
function changedLines(numstat: string): number {
  let lines = 0;
  for (const [, added, removed] of numstat.matchAll(/^(\d+)\t(\d+)\t/gm)) {
    lines += Number(added) + Number(removed);
  }
  return lines;
}
