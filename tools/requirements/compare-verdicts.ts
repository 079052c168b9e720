/**
 * Finds verdicts in the committed docs/REQUIREMENTS.md that claim more than a run shows.
 *
 * @module
 */
import { type JudgedRequirement, VERDICTS, type Verdict } from './judge-requirements.ts';

const ROW = /^\| (R-\d{3}) \|.*\| ([a-z]+)[^|]*\|$/gm;

/** A committed verdict that claims more than this run shows. */
export interface OverstatedVerdict {
  readonly id: string;
  readonly committed: string;
  readonly shown: Verdict;
  /** Why this run shows less. */
  readonly why: readonly string[];
}

/** The verdicts in the document, by requirement number. */
function committedVerdicts(document: string): ReadonlyMap<string, string> {
  return new Map([...document.matchAll(ROW)].map(([, id = '', verdict = '']) => [id, verdict]));
}

/**
 * The requirements for which the document claims more than this run shows. The document claims nothing
 * about a requirement that it omits.
 */
export function overstatedVerdicts(
  document: string,
  all: readonly JudgedRequirement[],
): readonly OverstatedVerdict[] {
  const committed = committedVerdicts(document);
  return all.flatMap(({ id, verdict, failed, silent }) => {
    const said = committed.get(id);
    if (said === undefined || rankOf(said) <= rankOf(verdict)) return [];
    return [{ id, committed: said, shown: verdict, why: [...failed, ...silent] }];
  });
}

/** An unknown verdict ranks above all others, so that it always counts as overstated. */
function rankOf(verdict: string): number {
  const rank = VERDICTS.indexOf(verdict as Verdict);
  return rank < 0 ? VERDICTS.length : rank;
}
