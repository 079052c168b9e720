/**
 * Check 13: the jitter laws (docs/spec/link-model.md#impairments).
 *
 * Packets are farther apart than the largest jitter, so that their order is kept anyway.
 *
 * @module
 */
import type { JitterSpec } from '../../../engine/net/link-spec.ts';
import { KS_CRITICAL, ksStatistic } from '../../../reports/statistics/goodness-of-fit.ts';
import { sortedAscending } from '../../../reports/statistics/quantile.ts';
import { constantDraw, LinkChain } from '../base/line.ts';
import { acceptAtMost, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { normalCdf } from '../base/theory.ts';

const PACKETS = 100_000;
const GAP_NS = 50_000_000;
const DELAY_NS = 20_000_000;
const HALF_WIDTH_NS = 5_000_000;
const SIGMA_NS = 1_000_000;
const BOUND_SIGMAS = 3;
const PARETO_SCALE_NS = 100_000;
const PARETO_SHAPE = 3;
/** Cap of Pareto jitter, which a draw exceeds with a probability of 8e-9. */
const PARETO_CAP_NS = 49_000_000;
/**
 * Largest accepted number of samples exactly on a bound. An engine that clamps jitter to its bounds
 * would put 270 of 1e5 there, which the Kolmogorov-Smirnov test does not detect.
 */
const ON_BOUND_MAX = 9;

/** The critical value of the Kolmogorov-Smirnov test at four sigma. */
export const KS_LIMIT = KS_CRITICAL['4sigma'] / Math.sqrt(PACKETS);

/** Jitter of each packet, ascending, ns. */
function samples(engine: SeededEngine, jitter: JitterSpec): readonly number[] {
  const values: number[] = [];
  new LinkChain(engine, {
    name: `verify/13/${jitter.kind}`,
    specs: [{ rateBps: Number.POSITIVE_INFINITY, delayNs: DELAY_NS, jitter }],
    packets: PACKETS,
    gapNs: constantDraw(GAP_NS),
    size: constantDraw(64),
    watch: { arrived: (_number, _now, sojournNs) => values.push(sojournNs - DELAY_NS) },
  }).run();
  return sortedAscending(values);
}

function distance(
  label: string,
  sorted: readonly number[],
  cdf: (ns: number) => number,
): CheckMeasure {
  const measured = ksStatistic(sorted, cdf);
  return { label: `${label}, D`, theory: 0, measured, accept: acceptAtMost(KS_LIMIT), digits: 6 };
}

function uniformCdf(ns: number): number {
  return (ns + HALF_WIDTH_NS) / (2 * HALF_WIDTH_NS);
}

const BELOW = normalCdf(-BOUND_SIGMAS);

function truncatedNormalCdf(ns: number): number {
  return (normalCdf(ns / SIGMA_NS) - BELOW) / (1 - 2 * BELOW);
}

function paretoCdf(ns: number): number {
  return 1 - (1 + ns / PARETO_SCALE_NS) ** -PARETO_SHAPE;
}

/** Check 13 of docs/VERIFICATION.md: jitter laws. */
export const jitterCheck: VerificationCheck = {
  id: '13',
  name: 'jitter laws',
  formula: 'Kolmogorov-Smirnov against each law, D <= 2.276 / sqrt(1e5)',
  catches: 'a shift of 0.7 % of the mass; clamping instead of truncation',
  run: (engine) => {
    const uniform = samples(engine, { kind: 'uniform', halfWidthNs: HALF_WIDTH_NS });
    const normal = samples(engine, { kind: 'normal', sigmaNs: SIGMA_NS });
    const pareto = samples(engine, {
      kind: 'pareto',
      scaleNs: PARETO_SCALE_NS,
      shape: PARETO_SHAPE,
      capNs: PARETO_CAP_NS,
    });
    const onBound = normal.filter((ns) => Math.abs(ns) >= BOUND_SIGMAS * SIGMA_NS).length;
    return [
      distance('uniform +-5 ms', uniform, uniformCdf),
      distance('normal 1 ms, cut at 3 sigma', normal, truncatedNormalCdf),
      {
        label: 'normal, samples on a bound',
        theory: 0,
        measured: onBound,
        accept: acceptAtMost(ON_BOUND_MAX),
        digits: 0,
      },
      distance('Pareto, shape 3', pareto, paretoCdf),
    ];
  },
};
