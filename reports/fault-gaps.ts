/**
 * What faults cost single flows, limited so that the report stays small: the longest gaps of each fault.
 *
 * @module
 */
import type { ReportFault } from './report-schema.ts';

/** Most gaps in a report. A gap takes some 100 B, so all take at most 500 kB. */
const GAPS_MAX = 5_000;

/** The faults, each with its longest gaps if all together have too many. */
export function keepLongestGaps(faults: readonly ReportFault[]): readonly ReportFault[] {
  const all = faults.reduce((sum, { gaps = [] }) => sum + gaps.length, 0);
  if (all <= GAPS_MAX) return faults;
  const each = Math.floor(GAPS_MAX / faults.length);
  return faults.map((fault) => {
    const { gaps = [] } = fault;
    if (gaps.length <= each) return fault;
    const longest = [...gaps].sort((a, b) => b.gapNs - a.gapNs).slice(0, each);
    return { ...fault, gaps: longest, gapsLeftOut: gaps.length - each };
  });
}
