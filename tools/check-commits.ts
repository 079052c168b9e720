/**
 * `npm run check:commits` checks that subjects of new commits are `area: imperative` with at most
 * 72 characters, and that large changes give their reason in the body (.github/CONTRIBUTING.md, "Commits").
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { checkHistory } from './commits/history.ts';

/** Commits up to this one are not checked, because most of them are older than the rule. */
const LAST_UNCHECKED = 'fa6bfb8';

const found = checkHistory(fileURLToPath(new URL('..', import.meta.url)), LAST_UNCHECKED);
if (found.kind === 'skipped') {
  process.stdout.write(`commits: not checked, ${found.why}\n`);
} else {
  const lines = [...found.problems, `commits: ${found.commits} checked since ${LAST_UNCHECKED}`];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = found.problems.length === 0 ? 0 : 1;
}
