/**
 * Whether two reports are of one run done twice: the same inputs, the same code and the same events, so
 * that nothing but the wall clock tells them apart. Runs by the wall clock are never the same.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { Report } from './report-schema.ts';

/** What runs by the wall clock have instead of a fingerprint. */
const NO_FINGERPRINT = 'none';

/** True when one of them says nothing that the other does not. */
export function isSameRun(a: Report, b: Report): boolean {
  return a.fingerprint !== NO_FINGERPRINT && isDeepStrictEqual(essence(a), essence(b));
}

/** As it is read from a file, whose keys may be in another order. */
function essence(report: Report): unknown {
  const { wallSeconds: _wall, eventsPerWallSecond: _rate, timing: _timing, ...rest } = report;
  const perSeed = report.perSeed.map(({ wallSeconds: _own, ...seed }) => seed);
  const kpis = report.kpis.filter(({ clock }) => clock === 'virtual');
  const metrics = Object.entries(report.metrics).filter(([, { clock }]) => clock === 'virtual');
  return JSON.parse(
    JSON.stringify({ ...rest, perSeed, kpis, metrics: Object.fromEntries(metrics) }),
  );
}
