/**
 * Adds the effects of faults (detected, switched, first packet) while a run is in progress. The
 * trace gets them only at the end of the run, but the report with the results so far has them
 * earlier. Uses no DOM.
 *
 * @module
 */
import type { Report } from '../../../../reports/report-schema.ts';
import type { FaultRow } from '../../data/trace-answers.ts';

type Known = Pick<Report, 'faults'>;

/**
 * Returns the fault rows of the trace, and rows for the effects that only the report with the
 * results so far has.
 */
export function withInterimEffects(
  rows: readonly FaultRow[],
  report: Known | undefined,
): readonly FaultRow[] {
  if (report === undefined) return rows;
  const known = new Set(rows.filter(({ kind }) => kind === 'effect').map(keyOf));
  const more = report.faults.flatMap(({ targets, text, effects }) =>
    Object.entries(effects).flatMap(([name, timeNs]) =>
      targets.map((target): FaultRow => {
        return { timeNs, kind: 'effect', target, text: `${name}: ${text}` };
      }),
    ),
  );
  const missing = more.filter((row) => !known.has(keyOf(row)));
  if (missing.length === 0) return rows;
  return [...rows, ...missing].sort((a, b) => a.timeNs - b.timeNs);
}

function keyOf({ timeNs, target, text }: FaultRow): string {
  return `${timeNs} ${target} ${text}`;
}

/**
 * Makes a {@link withInterimEffects} that returns its previous result as long as it gets the same
 * rows and the same report.
 */
export function makeCachedInterimEffects(): typeof withInterimEffects {
  let made: readonly [readonly FaultRow[], Known | undefined, readonly FaultRow[]] | undefined;
  return (rows, report) => {
    if (made?.[0] === rows && made[1] === report) return made[2];
    made = [rows, report, withInterimEffects(rows, report)];
    return made[2];
  };
}
