/**
 * The two runs that the compare page compares.
 *
 * @module
 */
import type { ReportComparison } from '../../../../reports/compare.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type { OpenRun } from '../../data/library.ts';

/** One of the two runs, with its report. */
interface Compared {
  readonly run: OpenRun;
  readonly report: Report;
}

/** Both runs, with the comparison of their KPIs. */
export interface ComparedRuns {
  readonly a: Compared;
  readonly b: Compared;
  readonly comparison: ReportComparison;
}
