/**
 * Compares the committed verdicts of docs/REQUIREMENTS.md with those of a run.
 *
 * @module
 */
import { type Judged, VERDICTS, type Verdict } from './judge-requirements.ts';

const ROW = /^\| (R-\d{3}) \|.*\| ([a-z]+)[^|]*\|$/gm;

/** A committed verdict that the run does not confirm. */
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

/** Rows for which the document claims more than the run shows; an omitted row claims nothing. */
export function overstated(document: string, all: readonly Judged[]): readonly Overstated[] {
  const committed = committedVerdicts(document);
  return all.flatMap(({ id, verdict, failed, silent }) => {
    const said = committed.get(id);
    if (said === undefined || rankOf(said) <= rankOf(verdict)) return [];
    return [{ id, committed: said, shown: verdict, why: [...failed, ...silent] }];
  });
}

/** An unknown verdict counts as claiming more than anything can show. */
function rankOf(verdict: string): number {
  const rank = VERDICTS.indexOf(verdict as Verdict);
  return rank < 0 ? VERDICTS.length : rank;
}
