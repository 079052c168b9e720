/**
 * The commit that results are named by, and a word about one that is not known.
 *
 * @module
 */
import { commitTrouble } from '../runner/run/commit.ts';
import { isKnownState } from '../runner/sweep/source-state.ts';

/** Returns it; says why it is unknown, if somebody can do something about it. */
export function knownCommit(commit: string): string {
  const trouble = isKnownState(commit) ? undefined : commitTrouble();
  if (trouble !== undefined) process.stderr.write(`orrery: ${trouble}\n`);
  return commit;
}
