/**
 * The two compared runs.
 *
 * @module
 */
import type { ReportComparison } from '../../../../reports/compare.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type { OpenRun } from '../../data/library.ts';

/** One of them. */
interface Compared {
  readonly run: OpenRun;
  readonly report: Report;
}

/** Both runs, and how the KPIs changed. */
export interface Both {
  readonly a: Compared;
  readonly b: Compared;
  readonly comparison: ReportComparison;
}
