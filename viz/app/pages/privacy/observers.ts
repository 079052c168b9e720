/**
 * Lists the adversaries of a report: the adversary against whom the entropy was measured, and those
 * that ran attacks. Every chart names its adversary, its estimator and its number of samples
 * (docs/spec/privacy-metrics.md).
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import type { Report } from '../../../../reports/report-schema.ts';

/** The privacy figures of a report. */
export type PrivacyReport = NonNullable<Report['privacy']>;
/** An attack in the report: who ran it, and how often it was right. */
export type Attack = NonNullable<PrivacyReport['attacks']>[number];

/** An adversary in a report, with its attacks. */
export interface ReportedAdversary {
  /** Name of the adversary in the page's address: letters, digits and dashes. */
  readonly name: string;
  /** Label of the adversary in the select element. */
  readonly title: string;
  /** A full description of what the adversary can see. */
  readonly sees: string;
  /** True for the adversary against whom the entropy was measured. */
  readonly hasBits: boolean;
  readonly attacks: readonly Attack[];
}

/** Lists all adversaries; the one against whom the entropy was measured comes first. */
export function listAdversaries(privacy: PrivacyReport): readonly ReportedAdversary[] {
  const { adversary, attacks = [] } = privacy;
  const names = [...new Set(attacks.map((one) => one.adversary))].filter(
    (one) => one !== adversary,
  );
  return [adversary, ...names].map((sees, i) => ({
    name: nameOf(sees),
    title: titleOf(sees, privacy, i === 0),
    sees,
    hasBits: i === 0,
    attacks: attacks.filter((one) => one.adversary === sees),
  }));
}

/** Returns the adversary with the given name, or else the first one. */
export function chosenAdversary(
  list: readonly ReportedAdversary[],
  name: string | undefined,
): ReportedAdversary | undefined {
  return list.find((one) => one.name === name) ?? list[0];
}

/** Makes the line below each chart of entropies: adversary, estimator and number of samples. */
export function entropySourceText(privacy: PrivacyReport): string {
  const seeds = new Set(privacy.targets.map(({ seed }) => seed)).size;
  const samples = `${countWithNoun(privacy.targets.length, 'target')} of ${countWithNoun(seeds, 'seed')}`;
  return `Adversary: ${privacy.adversary}. Estimator: ${privacy.estimator}. Samples: ${samples}.`;
}

/**
 * Returns the report's warnings about privacy, without the prefix `privacy: ` that each of them
 * has.
 */
export function privacyWarnings({ warnings }: Pick<Report, 'warnings'>): readonly string[] {
  const begin = 'privacy: ';
  return warnings.flatMap(({ text }) => (text.startsWith(begin) ? text.slice(begin.length) : []));
}

function nameOf(sees: string): string {
  const words = sees.split(':')[0] ?? '';
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function titleOf(sees: string, { corrupt, mixes }: PrivacyReport, hasBits: boolean): string {
  const short = sees.split(':')[0] ?? '';
  if (!hasBits || corrupt.length === 0) return short;
  return `${short}, ${corrupt.length} of ${mixes} mixes`;
}
