/**
 * The note below limits on throughput, which says whether processor time was modelled.
 *
 * @module
 */
import type { Report } from './report-schema.ts';

/** The value of `cpu` in a report whose nodes take no processor time, in a run in virtual time. */
export const CPU_NOT_MODELLED = 'not modelled';

/** `CPU time not modelled`, `CPU time calibrated (…)`; undefined when the processor was real. */
function cpuNote(report: Pick<Report, 'cpu' | 'mode'>): string | undefined {
  return report.mode === 'live' ? undefined : `CPU time ${report.cpu}`;
}

/** The note below limits on the throughput, which the processor may restrict. */
export function throughputNote(report: Pick<Report, 'cpu' | 'mode' | 'kpis'>): string | undefined {
  const note = cpuNote(report);
  const hasThroughput = report.kpis.some(({ metric }) => metric.endsWith('.throughput'));
  return note === undefined || !hasThroughput ? undefined : `throughput: ${note}`;
}
