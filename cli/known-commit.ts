/**
 * The commit by which results are named, and a message if it is not known.
 *
 * @module
 */
import { explainUnknownCommit } from '../runner/run/commit.ts';
import { isSourceStateKnown } from '../runner/sweep/source-state.ts';

/** Returns the commit; prints why it is unknown, if the user can change that. */
export function warnIfCommitUnknown(commit: string): string {
  const trouble = isSourceStateKnown(commit) ? undefined : explainUnknownCommit();
  if (trouble !== undefined) process.stderr.write(`orrery: ${trouble}\n`);
  return commit;
}
