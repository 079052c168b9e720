/**
 * Runs the attacks that limits ask for on what their adversary saw, and turns success into metrics.
 *
 * Spec: spec/mixnet.md 4.4; issue 4 section 4 (`privacy.attack.<name>.success`).
 *
 * @module
 */
import type { MetricData } from '../model.ts';
import { answersOf, hopsOfPayloads } from './answers.ts';
import {
  ATTACKS,
  type AttackOutcome,
  type AttackSetting,
  type CarriedOut,
  successMetric,
} from './attacks/index.ts';
import type { PrivacySetting } from './setting.ts';
import type { PrivacySummary } from './summary.ts';
import type { Truth } from './truth/truth.ts';
import type { View } from './view/view.ts';

/** What an evaluation is made from. */
export interface AttackParts {
  readonly truth: Truth;
  readonly setting: PrivacySetting;
  readonly view: View;
  /** Names of the users. */
  readonly users: readonly string[];
  readonly summary: Pick<PrivacySummary, 'latencyMsP50'>;
  /** What came of the attacks of events. */
  readonly carriedOut: CarriedOut;
}

/** An outcome with the words that belong beside it (spec/mixnet.md 4.5). */
export interface JudgedAttack extends AttackOutcome {
  readonly adversary: string;
  readonly estimator: string;
}

/** Attacks among the metrics with limits. */
export function askedAttacks(asked: ReadonlySet<string>): readonly string[] {
  return ATTACKS.map(({ name }) => successMetric(name)).filter((metric) => asked.has(metric));
}

/** The attacks that are asked for and had something to try. */
export function evaluateAttacks(parts: AttackParts): readonly JudgedAttack[] {
  const { truth, setting, view, carriedOut } = parts;
  const answers = { ...answersOf(truth, setting), ...carriedOut };
  const input = { view, setting: attackSetting(parts), answers };
  return ATTACKS.filter(({ name }) => setting.asked.has(successMetric(name))).flatMap((attack) => {
    const outcome = attack.evaluate(input);
    const { adversary, estimator } = attack;
    return outcome === undefined ? [] : [{ ...outcome, adversary, estimator }];
  });
}

/** One ratio for each attack. */
export function attackMetrics(
  attacks: readonly AttackOutcome[],
): Readonly<Record<string, MetricData>> {
  return Object.fromEntries(
    attacks.map(({ attack, success, trials }): [string, MetricData] => [
      successMetric(attack),
      { kind: 'ratio', numerator: success * trials, denominator: trials },
    ]),
  );
}

/** Public knowledge: users, the watch, and the law of a path, from its median. */
function attackSetting({ truth, setting, users, summary }: AttackParts): AttackSetting {
  const means = setting.mixes.flatMap(({ meanDelayNs }) => meanDelayNs ?? []);
  const meanDelayNs = means.reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.length);
  const hops = Math.max(1, Math.round(hopsOfPayloads(truth)));
  // The median of Erlang(k) is k - 1/3 means, but for a few thousandths.
  const medianNs = (summary.latencyMsP50 ?? 0) * 1e6;
  const transitNs = Math.max(0, medianNs - (hops - 1 / 3) * meanDelayNs);
  return {
    users,
    fromNs: setting.warmupNs,
    untilNs: setting.endNs,
    path: { hops, meanDelayNs: Math.max(1, meanDelayNs), transitNs },
  };
}
