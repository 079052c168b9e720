/**
 * What stands beside throughput: whether processor time was modelled (issue 3 section 3).
 *
 * @module
 */
import type { Report } from './report-schema.ts';

/** Said when a run in virtual time costs no processor time. */
export const NOT_MODELLED = 'not modelled';

/** `CPU time not modelled`, `CPU time calibrated (…)`; undefined where the processor was real. */
function cpuNote(report: Pick<Report, 'cpu' | 'mode'>): string | undefined {
  return report.mode === 'live' ? undefined : `CPU time ${report.cpu}`;
}

/** The note below limits of throughput, which a processor may bound. */
export function throughputNote(report: Pick<Report, 'cpu' | 'mode' | 'kpis'>): string | undefined {
  const note = cpuNote(report);
  const hasThroughput = report.kpis.some(({ metric }) => metric.endsWith('.throughput'));
  return note === undefined || !hasThroughput ? undefined : `throughput: ${note}`;
}
