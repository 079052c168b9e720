/**
 * Warnings about whatever makes the privacy figures of a run less reliable than they look; every report
 * that shows such figures prints them (docs/spec/privacy-metrics.md, "Warnings").
 *
 * @module
 */

import { attackSuccessMetricName } from './attacks/index.ts';
import type { TruthCounts } from './census.ts';
import type { MixFit } from './delay-fit.ts';
import type { Posterior } from './mass/posterior.ts';
import type { PrivacySetting } from './setting.ts';
import { PURPOSE_COVER, type RunTruth } from './truth/truth.ts';

/** With fewer messages a Poisson mix hides little (Loopix, USENIX Security 2017, section 4.3.1). */
const POOL_MEAN_MIN = 2;
const TARGETS_MIN = 30;
const MASS_LEFT_MAX = 1e-6;
/**
 * A warning is given if the probability that chance explains the delays, over all mixes, is below this
 * value.
 */
const DOUBT_P = 1e-4;

/** The facts from which warnings are derived. */
export interface PrivacyWarningInput {
  readonly truth: RunTruth;
  readonly setting: PrivacySetting;
  readonly census: TruthCounts;
  readonly fits: readonly MixFit[];
  readonly beliefs: readonly Posterior[];
}

/** The warnings as sentences; empty if there is nothing to warn about. */
export function privacyWarnings(parts: PrivacyWarningInput): readonly string[] {
  const found = [
    smallPools(parts),
    missingCover(parts),
    fewTargets(parts),
    massLeft(parts),
    otherLaws(parts),
    doubtedDelays(parts),
    missingLoops(parts),
    severalSizes(parts),
    fullRecord(parts),
  ];
  return found.flatMap((text) => (text === undefined ? [] : [`privacy: ${text}`]));
}

function smallPools({ truth, setting, census }: PrivacyWarningInput): string | undefined {
  const means = setting.mixes.map(({ name }) => census.poolMean[truth.nodes.indexOf(name)] ?? 0);
  const mean = means.reduce((sum, one) => sum + one, 0) / Math.max(1, means.length);
  if (means.length === 0) return 'no node of this run mixes';
  if (mean >= POOL_MEAN_MIN) return undefined;
  const words = `mixes hold ${mean.toFixed(2)} messages on average, fewer than ${POOL_MEAN_MIN}`;
  return `${words}: they hide little, and means hide the targets that were alone`;
}

function missingCover({ census }: PrivacyWarningInput): string | undefined {
  if ((census.madeByClients[PURPOSE_COVER] ?? 0) > 0) return undefined;
  return 'cover is off: a link observer sees when each client sends, which entropy does not show';
}

function fewTargets({ beliefs }: PrivacyWarningInput): string | undefined {
  if (beliefs.length >= TARGETS_MIN) return undefined;
  return (
    `${beliefs.length} targets were followed, fewer than ${TARGETS_MIN}: their mean ` +
    'varies ' +
    'widely'
  );
}

function massLeft({ beliefs }: PrivacyWarningInput): string | undefined {
  const most = beliefs.reduce((max, { left }) => Math.max(max, left), 0);
  if (most <= MASS_LEFT_MAX) return undefined;
  const share = most.toExponential(1);
  return `up to ${share} of a target's mass did not arrive (still inside, lost, or at corrupt mixes): the rest was scaled to 1`;
}

function otherLaws({ setting }: PrivacyWarningInput): string | undefined {
  const names = setting.mixes.flatMap(({ law }) => (law.kind === 'unknown' ? law.name : []));
  if (names.length === 0) return undefined;
  const strategies = [...new Set(names)].join(', ');
  return `P/n is not valid for ${strategies} mixes, which are not memoryless: the bits are too high`;
}

function doubtedDelays({ setting, fits }: PrivacyWarningInput): string | undefined {
  const exponential = new Set(
    setting.mixes.flatMap(({ name, law }) => (law.kind === 'exponential' ? name : [])),
  );
  const doubted = fits.filter(
    ({ mix, p }) => exponential.has(mix) && p !== undefined && p < DOUBT_P / fits.length,
  );
  const [first] = doubted;
  if (first === undefined) return undefined;
  const others = doubted.length > 1 ? ` and ${doubted.length - 1} others` : '';
  return `delays of ${first.mix}${others} do not follow the exponential law that P/n needs`;
}

/**
 * The warning if no mix sends loops: only these can reveal that an attacker emptied a mix around a
 * target.
 */
function missingLoops({ setting, census }: PrivacyWarningInput): string | undefined {
  const isAsked = setting.asked.has(attackSuccessMetricName('n_minus_one'));
  if (!isAsked || census.madeAtMixes > 0) return undefined;
  return 'mixes send no loops of their own, so they cannot notice an n-1 attack';
}

function severalSizes({ setting }: PrivacyWarningInput): string | undefined {
  const { sizes } = setting;
  if (sizes === undefined || sizes.size <= 1) return undefined;
  const listed = [...sizes].sort(([a], [b]) => a - b).map(([size]) => `${size} B`);
  return (
    `packets of ${listed.join(', ')} are on the links: an observer can tell them apart by ` +
    'size, which entropy does not show'
  );
}

function fullRecord({ truth }: PrivacyWarningInput): string | undefined {
  if (truth.fullNs === undefined) return undefined;
  return `the record was full after ${(truth.fullNs / 1e9).toFixed(1)} s; later messages are not in the figures`;
}
