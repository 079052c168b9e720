/**
 * Whether two reports are of one run done twice: the same inputs, the same code and the same events, so
 * that nothing but the wall clock tells them apart. Runs by the wall clock are never the same.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { Report } from './report-schema.ts';

/** Runs in real time have this instead of a fingerprint. */
const NO_FINGERPRINT = 'none';

/** True if two reports contain the same results. */
export function hasSameResults(a: Report, b: Report): boolean {
  return a.fingerprint !== NO_FINGERPRINT && isDeepStrictEqual(essence(a), essence(b));
}

/**
 * The report as read from a file, without the parts that differ between equal runs; the order of
 * keys does not matter.
 */
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
