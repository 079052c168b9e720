/**
 * Measures the privacy of one run from its record: metrics for KPIs, the warnings under every chart,
 * and the numbers drawn in the report (docs/spec/privacy-metrics.md). Attacks are evaluated elsewhere,
 * from an `AdversaryView`.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { MetricData } from '../model.ts';
import { countTruthEvents, type TruthCounts } from './census.ts';
import { clientRatePValue } from './client-rate.ts';
import { type MixFit, testDelays } from './delay-fit.ts';
import { senderEpsilons } from './epsilon.ts';
import { chooseNodeMixingModels, nodeMaskOfNames } from './laws.ts';
import { computePosteriors, type Posterior, senderPosteriors } from './mass/posterior.ts';
import {
  guessingEntropy,
  hartleyBits,
  minEntropyBits,
  probabilitiesByUser,
  shannonBits,
} from './metrics/uncertainty.ts';
import { deltaAt, linkingProbability } from './metrics/unlinkability.ts';
import { countCompromisedPaths } from './paths.ts';
import { adversaryText, type PrivacySetting, privacyEstimatorText } from './setting.ts';
import { type PrivacySummary, summarisePrivacy } from './summary.ts';
import { chooseTargets, type TargetMessage } from './targets.ts';
import { NO_NODE, PURPOSE_COVER, type RunTruth } from './truth/truth.ts';
import { privacyWarnings } from './warnings.ts';

/** Multiple of the mean delay: a longer exponential delay occurs once in 1e13 cases. */
const SETTLE_MEANS = 30;
/** Time between the last target and the end of the run, as a multiple of the longest lifetime seen. */
const TAIL_FACTOR = 1.5;
const SETTLE_NS_DEFAULT = 10e9;

/** The privacy results of one run: metrics, summary, and warnings. */
export interface PrivacyFindings {
  readonly metrics: Readonly<Record<string, MetricData>>;
  readonly warnings: readonly string[];
  readonly summary: PrivacySummary;
}

/** Measures the privacy of one run. */
export function measurePrivacy(truth: RunTruth, setting: PrivacySetting): PrivacyFindings {
  const isMix = nodeMaskOfNames(truth, new Set(setting.mixes.map(({ name }) => name)));
  const { warmupNs, endNs, everyNs } = setting;
  const means = setting.mixes.flatMap(({ meanDelayNs }) => meanDelayNs ?? []);
  const settleNs = means.length === 0 ? SETTLE_NS_DEFAULT : SETTLE_MEANS * greatestOf(means);
  // Without a list of clients, all nodes that do not mix count as clients.
  const clients = setting.clients && nodeMaskOfNames(truth, new Set(setting.clients));
  const isClient = clients ?? isMix.map((mixing) => !mixing);
  const census = countTruthEvents({ truth, isMix, isClient, warmupNs, endNs, settleNs });
  const recordedNs = truth.fullNs ?? truth.events.atNs[truth.events.count - 1] ?? 0;
  const lastNs = Math.min(endNs, recordedNs) - TAIL_FACTOR * census.longestNs;
  const targets = chooseTargets({ truth, isMix, fromNs: warmupNs, everyNs, lastNs });
  const beliefs = beliefsOf(truth, setting, targets);
  const fits = delayFits(truth, setting, census);
  const metrics: Record<string, MetricData> = {
    ...beliefMetrics(truth, beliefs),
    ...(setting.asked.has('privacy.sender.bits') ? senderMetric(truth, setting, beliefs) : {}),
    ...(setting.asked.has('privacy.epsilon')
      ? { 'privacy.epsilon': samples(senderEpsilons(truth, setting)) }
      : {}),
    'privacy.cover_ratio': coverRatio(census),
    'privacy.client_rate.ks_p': samples(clientRate(truth, setting)),
    'privacy.delay.ks_p': samples(fits.flatMap(({ p }) => p ?? [])),
    'privacy.compromised_paths': { kind: 'ratio', ...countCompromisedPaths(truth, setting) },
  };
  const parts = { truth, setting, census, fits, beliefs: beliefs.map(({ belief }) => belief) };
  return {
    metrics,
    warnings: privacyWarnings(parts),
    summary: summarisePrivacy({
      ...parts,
      laws: chooseNodeMixingModels(truth, setting),
      adversary: adversaryText(setting),
      estimator: privacyEstimatorText(setting.mixes),
    }),
  };
}

/** The beliefs about a target and about the next message after it. */
interface TargetBelief {
  readonly belief: Posterior;
  readonly next: Posterior | undefined;
}

function beliefsOf(
  truth: RunTruth,
  setting: PrivacySetting,
  targets: readonly TargetMessage[],
): readonly TargetBelief[] {
  const all = [...new Set(targets.flatMap(({ message, next }) => [message, next ?? message]))];
  const found = computePosteriors({
    truth,
    laws: chooseNodeMixingModels(truth, setting),
    targets: all,
  });
  const byTarget = new Map(found.map((belief) => [belief.target, belief]));
  return targets.flatMap(({ message, next }) => {
    const belief = byTarget.get(message);
    if (belief === undefined || belief.p.length === 0) return [];
    return [{ belief, next: next === undefined ? undefined : byTarget.get(next) }];
  });
}

function samples(values: readonly number[]): MetricData {
  return { kind: 'samples', values };
}

function beliefMetrics(
  truth: RunTruth,
  beliefs: readonly TargetBelief[],
): Readonly<Record<string, MetricData>> {
  const of = (measure: (p: Float64Array) => number): MetricData =>
    samples(beliefs.map(({ belief }) => measure(belief.p)));
  const guesses = linkingProbability(
    beliefs.map(({ belief: { p, messages, target } }) => ({ p, right: messages.indexOf(target) })),
  );
  const distances = beliefs.flatMap(({ belief, next }) =>
    next === undefined || next.p.length === 0 ? [] : distance(belief, next),
  );
  return {
    'privacy.entropy.bits': of(shannonBits),
    'privacy.min_entropy.bits': of(minEntropyBits),
    'privacy.hartley.bits': of((p) => hartleyBits(p)),
    'privacy.guesses': of(guessingEntropy),
    'privacy.receiver.bits': samples(beliefs.flatMap(({ belief }) => receiverBits(truth, belief))),
    'privacy.distance': samples(distances),
    'privacy.mass_left': samples(beliefs.map(({ belief }) => Math.max(0, belief.left))),
    'privacy.linking': {
      kind: 'ratio',
      numerator: guesses.successes,
      denominator: guesses.trials,
    },
  };
}

/**
 * Entropy over receivers, bits: masses of the messages to one receiver are added before the logarithm
 * is taken (docs/spec/privacy-metrics.md, "Metrics"). Cover has no receiver and is left out, as if the
 * adversary recognised it; if nothing else is left, there is no sample.
 */
function receiverBits({ messages: { recipient } }: RunTruth, { p, messages }: Posterior): number[] {
  const masses = probabilitiesByUser(p, (i) => {
    const to = recipient[messages[i] as number];
    return to === NO_NODE ? undefined : to;
  });
  return masses.length === 0 ? [] : [shannonBits(masses)];
}

function distance(one: Posterior, other: Posterior): number {
  const places = new Map<number, number>();
  for (const message of one.messages) places.set(message, places.size);
  for (const message of other.messages) {
    if (!places.has(message)) places.set(message, places.size);
  }
  const spread = ({ messages, p }: Posterior): Float64Array => {
    const all = new Float64Array(places.size);
    for (const [i, message] of messages.entries()) all[places.get(message) ?? 0] = p[i] ?? 0;
    return all;
  };
  return deltaAt({ a: spread(one), b: spread(other) }, 0);
}

function senderMetric(
  truth: RunTruth,
  setting: PrivacySetting,
  beliefs: readonly TargetBelief[],
): Readonly<Record<string, MetricData>> {
  const asked = new Set(beliefs.map(({ belief }) => belief.target));
  const found = senderPosteriors({
    truth,
    laws: chooseNodeMixingModels(truth, setting),
    isAsked: (message) => asked.has(message),
  });
  return { 'privacy.sender.bits': samples([...found.values()].map((p) => shannonBits(p))) };
}

/** Share of cover among all packets sent by clients. */
function coverRatio({ madeByClients }: TruthCounts): MetricData {
  const all = madeByClients.reduce((sum, made) => sum + made, 0);
  return { kind: 'ratio', numerator: madeByClients[PURPOSE_COVER] ?? 0, denominator: all };
}

function clientRate(
  truth: RunTruth,
  { clients = [], warmupNs, endNs }: PrivacySetting,
): readonly number[] {
  const p = clientRatePValue({ truth, clients, fromNs: warmupNs, untilNs: endNs });
  return p === undefined ? [] : [p];
}

function delayFits(
  truth: RunTruth,
  { mixes, seed }: PrivacySetting,
  { delaysNs }: TruthCounts,
): readonly MixFit[] {
  return mixes.flatMap(({ name, meanDelayNs: meanNs }) => {
    if (meanNs === undefined) return [];
    const delays = delaysNs[truth.nodes.indexOf(name)] ?? [];
    return [{ mix: name, meanNs, ...testDelays({ delaysNs: delays, meanNs, seed, mix: name }) }];
  });
}
