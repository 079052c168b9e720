/**
 * What all seeds measured around their faults. So that the report stays small, it contains only the
 * first faults, but those of every seed, so that seeds can be overlaid.
 *
 * @module
 */
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/**
 * Largest number of windows in a report. A window has 125 bins of three quantities, about 2 kB; all
 * take at most 1 MB.
 */
const WINDOWS_MAX = 480;

/** The fault windows for the report; empty if no seed had a fault. */
export function faultWindowsReportPart(seeds: readonly SeedResult[]): Pick<Report, 'faultWindows'> {
  const perSeed = seeds.flatMap(({ seed, faultWindows }) =>
    faultWindows === undefined ? [] : [{ seed, ...faultWindows }],
  );
  if (perSeed.length === 0) return {};
  const each = Math.floor(WINDOWS_MAX / perSeed.length);
  const windows = perSeed.flatMap(({ seed, windows: own }) =>
    own.slice(0, each).map((window) => ({ seed, ...window })),
  );
  const all = perSeed.reduce((sum, one) => sum + one.windows.length + one.leftOut, 0);
  return { faultWindows: { windows, leftOut: all - windows.length } };
}
