/**
 * Computes the curves of all seeds around a fault, drawn over each other: the curve of each seed,
 * their median and the band from the 10 % to the 90 % quantile, bin by bin, from the values that
 * the report has around faults. A gap in a curve means that the seed measured nothing there.
 *
 * @module
 */
import type { Report, ReportFaultWindow } from '../../../../reports/report-schema.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import type { BandBin, Bin } from './bins.ts';
import type { FaultCase } from './story.ts';

/** The curve of one seed. */
export interface SeedCurve {
  readonly seed: number;
  readonly bins: readonly Bin[];
}

/** The curves of all seeds, with their median and the band from the 10 % to the 90 % quantile. */
export interface Overlay {
  readonly seeds: readonly SeedCurve[];
  readonly median: readonly Bin[];
  readonly band: readonly BandBin[];
}

/**
 * A quantity that the report stores around faults, and the factor that converts its values to the
 * strip's unit.
 */
export interface OverlayQuantity {
  readonly of: 'delivered' | 'lost' | 'latencyP95';
  readonly by: number;
}

/** The visible interval, ns after the fault. */
export interface FaultInterval {
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * Smallest number of seeds for which a band is drawn; with fewer seeds it would only repeat their
 * curves.
 */
const BAND_SEEDS = 3;

/**
 * Finds the values that each seed measured around a fault for one flow; for the first flow if
 * `flow` is empty.
 */
export function findFaultWindows(
  { faultWindows }: Pick<Report, 'faultWindows'>,
  { id }: Pick<FaultCase, 'id'>,
  flow: string,
): readonly ReportFaultWindow[] {
  const ofFault = (faultWindows?.windows ?? []).filter(({ fault }) => fault === id);
  const wanted = flow === '' ? ofFault[0]?.flow : flow;
  const own = ofFault.filter((one) => one.flow === wanted);
  // The median can only be computed if every seed has the same bins.
  return own.filter(({ binNs, firstNs }) => binNs === own[0]?.binNs && firstNs === own[0]?.firstNs);
}

/** Computes the curves, the median and the band for the bins inside the interval. */
export function computeOverlay(
  windows: readonly ReportFaultWindow[],
  { of, by }: OverlayQuantity,
  stretch: FaultInterval,
): Overlay {
  const seeds = windows.map((window) => ({
    seed: window.seed,
    bins: binsOf(window, stretch).map(({ at, ...ends }) => {
      const value = window[of][at] ?? null;
      return { ...ends, value: value === null ? null : value * by };
    }),
  }));
  const median: Bin[] = [];
  const band: BandBin[] = [];
  for (const [at, { fromNs, toNs }] of (seeds[0]?.bins ?? []).entries()) {
    const values = seeds.map(({ bins }) => bins[at]?.value ?? null).filter((one) => one !== null);
    const sorted = sortedAscending(values);
    const [low, middle, high] = [0.1, 0.5, 0.9].map((p) => quantile(sorted, p));
    median.push({ fromNs, toNs, value: middle ?? null });
    if (low === undefined || high === undefined || values.length < BAND_SEEDS) continue;
    band.push({ fromNs, toNs, low, high });
  }
  return { seeds, median, band };
}

/** Returns the bins of a window that lie completely inside the interval, with their indices. */
function binsOf(
  { binNs, firstNs, delivered }: ReportFaultWindow,
  { fromNs, toNs }: FaultInterval,
): readonly { readonly at: number; readonly fromNs: number; readonly toNs: number }[] {
  return delivered
    .map((_, at) => ({ at, fromNs: firstNs + at * binNs, toNs: firstNs + (at + 1) * binNs }))
    .filter((bin) => bin.fromNs >= fromNs - 1 && bin.toNs <= toNs + 1);
}

/** Sums the values of a curve; bins without a value count as 0. */
export function sumBins(bins: readonly Bin[]): number {
  return bins.reduce((sum, { value }) => sum + (value ?? 0), 0);
}
