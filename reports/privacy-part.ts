/**
 * Combines the privacy results of a run's seeds: the targets of all seeds; histogram and cost are those
 * of the seed in the charts.
 *
 * @module
 */
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import type { SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

const TARGETS_MAX = 2_000;

type PrivacyPart = NonNullable<Report['privacy']>;

/** The privacy part of the report; undefined if no seed measured privacy. */
export function privacyReportPart(
  seeds: readonly SeedResult[],
  shownSeed: number,
): PrivacyPart | undefined {
  const found = seeds.flatMap(({ seed, privacy }) =>
    privacy === undefined ? [] : [{ seed, privacy }],
  );
  const shown = found.find(({ seed }) => seed === shownSeed) ?? found[0];
  if (shown === undefined) return undefined;
  const targets = found.flatMap(({ seed, privacy }) =>
    privacy.targets.map((target) => ({ seed, ...target })),
  );
  return {
    ...shown.privacy,
    poolMean: leastOf(found.map(({ privacy }) => privacy.poolMean)),
    massLeft: greatestOf(found.map(({ privacy }) => privacy.massLeft)),
    targets: targets.slice(0, TARGETS_MAX),
  };
}

/** A short description of the adversary, for the line with the entropy. */
export function shortAdversaryText({
  corrupt,
  mixes,
}: Pick<NonNullable<Report['privacy']>, 'corrupt' | 'mixes'>): string {
  return `adversary: ${corrupt.length} of ${mixes} mixes, links seen`;
}
