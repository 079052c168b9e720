/**
 * Compares the committed verdicts of docs/REQUIREMENTS.md with those of a run.
 *
 * @module
 */
import { type Judged, VERDICTS, type Verdict } from './judge-requirements.ts';

const ROW = /^\| (R-\d{3}) \|.*\| ([a-z]+)[^|]*\|$/gm;

/** A committed verdict that the run does not bear out. */
export interface Overstated {
  readonly id: string;
  readonly committed: string;
  readonly shown: Verdict;
  /** Why the run says less. */
  readonly why: readonly string[];
}

/** Verdicts as written, by number. */
function committedVerdicts(document: string): ReadonlyMap<string, string> {
  return new Map([...document.matchAll(ROW)].map(([, id = '', verdict = '']) => [id, verdict]));
}

/** Rows of which the document says more than the run shows; a row that it leaves out says nothing. */
export function overstated(document: string, all: readonly Judged[]): readonly Overstated[] {
  const committed = committedVerdicts(document);
  return all.flatMap(({ id, verdict, failed, silent }) => {
    const said = committed.get(id);
    if (said === undefined || rankOf(said) <= rankOf(verdict)) return [];
    return [{ id, committed: said, shown: verdict, why: [...failed, ...silent] }];
  });
}

/** What is no verdict claims more than anything can show. */
function rankOf(verdict: string): number {
  const rank = VERDICTS.indexOf(verdict as Verdict);
  return rank < 0 ? VERDICTS.length : rank;
}
