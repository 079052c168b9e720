/**
 * The gaps that faults caused in single flows, limited to the longest of each fault so that the
 * report stays small.
 *
 * @module
 */
import type { ReportFault } from './report-schema.ts';

/** Largest number of gaps in a report. A gap takes about 100 B, so all together take at most 500 kB. */
const GAPS_MAX = 5_000;

/**
 * The faults, each reduced to its longest gaps if all faults together have more than
 * {@link GAPS_MAX}.
 */
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
