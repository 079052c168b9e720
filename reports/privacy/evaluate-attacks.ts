/**
 * Runs those attacks whose success has a limit, on the view of their adversary, and converts success to
 * the metrics `privacy.attack.<name>.success` (docs/spec/privacy-metrics.md, "Attacks").
 *
 * @module
 */
import type { MetricData } from '../model.ts';
import { collectAttackTruths, meanPayloadHops } from './answers.ts';
import {
  type ActiveAttackResults,
  ATTACKS,
  type AttackSetting,
  type AttackSuccess,
  attackSuccessMetricName,
} from './attacks/index.ts';
import type { PrivacySetting } from './setting.ts';
import type { PrivacySummary } from './summary.ts';
import type { RunTruth } from './truth/truth.ts';
import type { AdversaryView } from './view/view.ts';

/** What all attacks of one adversary on one run are evaluated on. */
export interface AttackEvaluationInput {
  readonly truth: RunTruth;
  readonly setting: PrivacySetting;
  readonly view: AdversaryView;
  /** Names of the users. */
  readonly users: readonly string[];
  readonly summary: Pick<PrivacySummary, 'latencyMsP50'>;
  /** Results of attacks carried out by events. */
  readonly carriedOut: ActiveAttackResults;
}

/** The success of an attack, with its adversary and estimator as text. */
export interface JudgedAttack extends AttackSuccess {
  readonly adversary: string;
  readonly estimator: string;
}

/** The metrics of attacks among the metrics that have limits. */
export function requestedAttackMetrics(asked: ReadonlySet<string>): readonly string[] {
  return ATTACKS.map(({ name }) => attackSuccessMetricName(name)).filter((metric) =>
    asked.has(metric),
  );
}

/** Evaluates the requested attacks; those for which the run offers nothing to try are left out. */
export function evaluateAttacks(parts: AttackEvaluationInput): readonly JudgedAttack[] {
  const { truth, setting, view, carriedOut } = parts;
  const answers = { ...collectAttackTruths(truth, setting), ...carriedOut };
  const input = { view, setting: attackSetting(parts), answers };
  return ATTACKS.filter(({ name }) => setting.asked.has(attackSuccessMetricName(name))).flatMap(
    (attack) => {
      const success = attack.evaluate(input);
      const { adversary, estimator } = attack;
      return success === undefined ? [] : [{ ...success, adversary, estimator }];
    },
  );
}

/** Makes one ratio metric for each attack. */
export function attackMetrics(
  attacks: readonly AttackSuccess[],
): Readonly<Record<string, MetricData>> {
  return Object.fromEntries(
    attacks.map(({ attack, success, trials }): [string, MetricData] => [
      attackSuccessMetricName(attack),
      { kind: 'ratio', numerator: success * trials, denominator: trials },
    ]),
  );
}

/**
 * Public knowledge: users, period, and the distribution of a path's delay, estimated from its
 * median.
 */
function attackSetting({ truth, setting, users, summary }: AttackEvaluationInput): AttackSetting {
  const means = setting.mixes.flatMap(({ meanDelayNs }) => meanDelayNs ?? []);
  const meanDelayNs = means.reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.length);
  const hops = Math.max(1, Math.round(meanPayloadHops(truth)));
  // The median of Erlang(k) is k - 1/3 means, to within a few thousandths.
  const medianNs = (summary.latencyMsP50 ?? 0) * 1e6;
  const transitNs = Math.max(0, medianNs - (hops - 1 / 3) * meanDelayNs);
  return {
    users,
    fromNs: setting.warmupNs,
    untilNs: setting.endNs,
    path: { hops, meanDelayNs: Math.max(1, meanDelayNs), transitNs },
  };
}
