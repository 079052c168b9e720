/**
 * Whether two reports come from the same run, done twice: same inputs, code and events, so that only
 * wall-clock figures differ. Real-time runs are never the same.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { Report } from './report-schema.ts';

/** Reports of real-time runs have this text in place of a fingerprint. */
const NO_FINGERPRINT = 'none';

/** True if two reports contain the same results. */
export function hasSameResults(a: Report, b: Report): boolean {
  return a.fingerprint !== NO_FINGERPRINT && isDeepStrictEqual(essence(a), essence(b));
}

/** The parts of a report that equal runs share, in the form in which they are read from a file. */
function essence(report: Report): unknown {
  const {
    wallSeconds: _wall,
    eventsPerWallSecond: _rate,
    timing: _timing,
    memory: _memory,
    ...rest
  } = report;
  const perSeed = report.perSeed.map(({ wallSeconds: _own, ...seed }) => seed);
  const kpis = report.kpis.filter(({ clock }) => clock === 'virtual');
  const metrics = Object.entries(report.metrics).filter(([, { clock }]) => clock === 'virtual');
  return JSON.parse(
    JSON.stringify({ ...rest, perSeed, kpis, metrics: Object.fromEntries(metrics) }),
  );
}
