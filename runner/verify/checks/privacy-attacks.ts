/**
 * Checks P6 and P11 to P14: cover and attacks
 * (docs/VERIFICATION.md#privacy-published-theory-measured).
 * Estimators and alarms are those of reports/privacy; mixes are those of P1 to P9.
 *
 * The theory column has the formula of the literature if there is one; if the literature has only
 * plots, the result of an independent reference program.
 *
 * @module
 */
import {
  blendingSuccess,
  detectionProbability,
  emptyPoolProbability,
} from '../../../reports/privacy/attacks/blending.ts';
import {
  BatchDisclosure,
  disclosureRounds,
  topReceivers,
} from '../../../reports/privacy/attacks/disclosure.ts';
import {
  expectedSurvivors,
  membersOfAllSets,
} from '../../../reports/privacy/attacks/intersection.ts';
import {
  ACCEPT_EQUAL,
  acceptPlusMinus,
  acceptWithin,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { runBlendingAttack } from '../mixes/blending-run.ts';
import { measureLoopixEpsilon } from '../mixes/loopix-epsilon.ts';
import { measureMixEntropy } from '../mixes/mix-entropy.ts';

/** Four standard errors of a share of `n` trials. */
function fourErrors(share: number, n: number): number {
  return 4 * Math.sqrt((share * (1 - share)) / n);
}

/** Dummies per second of each mix, and the entropy in bits that an independent reference program found. */
const DUMMY_TRAFFIC_ROWS = [
  { route: 'link', perMixRate: 1, bits: 2.98, half: 0.6 },
  { route: 'link', perMixRate: 10, bits: 5.87, half: 0.3 },
  { route: 'link', perMixRate: 100, bits: 7.2, half: 0.3 },
  { route: 'partial', perMixRate: 1, bits: 3.5, half: 0.6 },
  { route: 'partial', perMixRate: 10, bits: 6.45, half: 0.3 },
  { route: 'partial', perMixRate: 100, bits: 7.24, half: 0.3 },
] as const;
/**
 * Number and distance of targets, by the rate of dummies. With many dummies, targets differ little,
 * so fewer targets are enough.
 */
const DUMMY_TRAFFIC_SAMPLES = {
  1: { targets: 200, gapSeconds: 0.5 },
  10: { targets: 120, gapSeconds: 0.4 },
  100: { targets: 40, gapSeconds: 0.3 },
} as const;
/** Upper bound of the entropy, bits: log2(100) + h(Erlang(3, 0.2667)). */
const CEILING = 7.4025;

/** Check P6 of docs/VERIFICATION.md: entropy in bits if mixes add dummies to low traffic, as in P5. */
export const dummyTrafficCheck: VerificationCheck = {
  id: 'P6',
  name: 'dummies on low traffic (P5), bits',
  formula: 'order, and the ceiling log2(100) + h(Erlang(3, 0.267 s)); rows: the reference run',
  catches: 'dummies that keep the mass, or that do not mix',
  run: (engine) => {
    const bits = DUMMY_TRAFFIC_ROWS.map(({ route, perMixRate }) => {
      const network = {
        name: `P6/${route}/${perMixRate}`,
        layers: 3,
        width: 50,
        rate: 100,
        meanSeconds: 0.8 / 3,
        linkSeconds: 0.05,
        dummies: { route, perMixRate },
      };
      return measureMixEntropy(engine, network, DUMMY_TRAFFIC_SAMPLES[perMixRate]).bits;
    });
    const rows = DUMMY_TRAFFIC_ROWS.map(
      ({ route, perMixRate, bits: theory, half }, i): CheckMeasure => ({
        label: `${route}, ${perMixRate}/s per mix`,
        theory,
        measured: bits[i] ?? Number.NaN,
        accept: acceptWithin(theory - half, Math.min(theory + half, CEILING)),
        digits: 3,
      }),
    );
    const steps = bits.filter((one, i) => i % 3 !== 0 && !(one > (bits[i - 1] ?? Number.NaN)));
    const order = {
      label: 'steps that do not rise',
      theory: 0,
      measured: steps.length,
      accept: ACCEPT_EQUAL,
      digits: 0,
    };
    return [...rows, order];
  },
};

const TRIALS = 200;
/**
 * Number m of friends, number N of receivers, batch size b, normal quantile l of the confidence, and the
 * share of friends found in 200 trials of an independent reference program (statistical disclosure:
 * Danezis 2003; Mathewson and Dingledine 2004). In the first row a quarter of all counts are ties: the
 * reference found 0.85, because it favours friends in a tie; with ties broken by number, 3,000 trials give
 * 0.717.
 */
const DISCLOSURE_ROWS = [
  [2, 1_000, 50, 2, 0.717],
  [2, 1_000, 50, 3, 0.99],
  [5, 1_000, 50, 2, 0.86],
  [5, 1_000, 50, 3, 0.996],
  [10, 1_000, 50, 2, 0.87],
  [10, 1_000, 50, 3, 0.997],
  [10, 5_000, 100, 2, 0.83],
  [10, 5_000, 100, 3, 0.99],
  [20, 20_000, 50, 2, 0.84],
  [20, 20_000, 50, 3, 0.99],
  [32, 65_536, 125, 2, 0.81],
  [32, 65_536, 125, 3, 0.986],
] as const;

interface DisclosureTrials {
  readonly friends: number;
  readonly receivers: number;
  readonly batch: number;
  readonly rounds: number;
}

/** Share of friends among the m receivers with the highest scores. */
function foundShare(engine: SeededEngine, setting: DisclosureTrials): number {
  const { friends: m, receivers: n, batch, rounds } = setting;
  const random = engine.stream(`P11/${m}/${n}/${rounds}`, 'rounds');
  const hasCover = engine.defects.mixes?.hasCover === true;
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const friends = random.choose(m, n);
    const disclosure = new BatchDisclosure(n);
    const receivers = new Int32Array(batch);
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 0; i < batch; i += 1) receivers[i] = random.below(n);
      if (!hasCover) receivers[0] = friends[random.below(m)] as number;
      disclosure.round(receivers, true);
    }
    const named = new Set(topReceivers(disclosure.scores(), m));
    found += friends.filter((friend) => named.has(friend)).length;
  }
  return found / (TRIALS * m);
}

/** Check P11 of docs/VERIFICATION.md: the share of friends that statistical disclosure finds. */
export const statisticalDisclosureCheck: VerificationCheck = {
  id: 'P11',
  name: 'statistical disclosure, friends found',
  formula: 't = [m l (sqrt(v) + sqrt(v + (m-1)/m^2))]^2 rounds (Danezis 2003); reference run',
  catches: 'a tenth of the friends; Alice sending always leaves m / N',
  run: (engine) =>
    DISCLOSURE_ROWS.map(([friends, receivers, batch, confidence, theory]): CheckMeasure => {
      const setting = { friends, receivers, batch, confidence };
      const rounds = Math.round(disclosureRounds(setting));
      // This simulation and the reference both use 200 trials; the reference is rounded and favours
      // friends in ties.
      const half = Math.SQRT2 * fourErrors(theory, TRIALS * friends) + 0.01;
      return {
        label: `m ${friends}, N ${receivers}, b ${batch}, t ${rounds}`,
        theory,
        measured: foundShare(engine, { friends, receivers, batch, rounds }),
        accept: acceptWithin(theory - half, Math.min(1, theory + half)),
        digits: 3,
      };
    }),
};

const BLENDINGS = 4_000;
const BLENDING = { rho: 50, epsilon: 0.01 };
/** Loops that a mix sends per mean delay: lambda_M / mu. */
const LOOP_RATES = [0.01, 0.1, 0.5, 1] as const;

/** Check P12 of docs/VERIFICATION.md: n-1 attack, rho = 50, epsilon = 0.01. */
export const blendingAttackCheck: VerificationCheck = {
  id: 'P12',
  name: 'n-1 attack, rho = 50, epsilon = 0.01',
  formula: 'detected 1 - (epsilon/rho)^(lambda_M/mu), empty e^-epsilon, right (1-e^-eps)/eps',
  catches: 'loops that are not blocked, an alarm that sleeps, a pool that remembers',
  run: (engine) => {
    const { empty, right } = runBlendingAttack(engine, { ...BLENDING, runs: BLENDINGS }).pools;
    const row = (label: string, theory: number, measured: number): CheckMeasure => ({
      label,
      theory,
      measured,
      accept: acceptPlusMinus(fourErrors(theory, BLENDINGS)),
      digits: 4,
    });
    return [
      row('pool empty after tau', emptyPoolProbability(BLENDING.epsilon), empty),
      row('next output is the target', blendingSuccess(BLENDING.epsilon), right),
      ...LOOP_RATES.map((loopsPerDelay) => {
        const theory = detectionProbability(BLENDING, loopsPerDelay);
        const { detected } = runBlendingAttack(engine, { ...BLENDING, runs: BLENDINGS }).loops(
          loopsPerDelay,
        );
        return row(`detected, lambda_M/mu = ${loopsPerDelay}`, theory, detected);
      }),
    ];
  },
};

/**
 * Layers, mean delay in units, repetitions, mean epsilon of 24 repetitions of an independent reference
 * program, and half width of the interval (Loopix, USENIX Security 2017, section 4.3.1).
 */
const EPSILON_ROWS = [
  { layers: 3, mean: 5, runs: 12, theory: 0.021, half: 0.03 },
  { layers: 3, mean: 1, runs: 24, theory: 0.14, half: 0.2 },
  { layers: 3, mean: 0.5, runs: 24, theory: 0.48, half: 0.48 },
  { layers: 1, mean: 1, runs: 24, theory: 3.6, half: 3.4 },
  { layers: 2, mean: 1, runs: 24, theory: 0.34, half: 0.34 },
] as const;

/**
 * Check P13 of docs/VERIFICATION.md: how well an observer of a Loopix mix can distinguish two senders
 * (epsilon).
 */
export const senderEpsilonCheck: VerificationCheck = {
  id: 'P13',
  name: 'Loopix, epsilon of two senders',
  formula: 'Loopix 4.3.1 has plots; theory: mean of 24 repetitions of the reference run',
  catches: 'epsilon twice as large, mixing that does not grow with delay and with layers',
  run: (engine) => {
    const values = EPSILON_ROWS.map((row) => measureLoopixEpsilon(engine, row));
    const rows = EPSILON_ROWS.map(
      ({ layers, mean, theory, half }, i): CheckMeasure => ({
        label: `layers ${layers}, mu = ${1 / mean}`,
        theory,
        measured: values[i] ?? Number.NaN,
        accept: acceptWithin(Math.max(0, theory - half), theory + half),
        digits: 3,
      }),
    );
    const [slow = NaN, middle = NaN, fast = NaN, one = NaN, two = NaN] = values;
    const isOrdered = slow < Math.min(middle, fast) && one > Math.max(middle, fast, two);
    const order = { label: 'least slow, most with 1', theory: 1, measured: Number(isOrdered) };
    return [...rows, { ...order, accept: ACCEPT_EQUAL, digits: 0 }];
  },
};

const INTERSECTION = { receivers: 1_000, batch: 50 };
const INTERSECTION_RUNS = 2_000;

/** Check P14 of docs/VERIFICATION.md: receivers left by the intersection attack, of N = 1,000, b = 50. */
export const intersectionCheck: VerificationCheck = {
  id: 'P14',
  name: 'intersection, N = 1,000, b = 50',
  formula: '1 + (N-1) (1 - (1 - 1/N)^(b-1))^t receivers are left after t rounds',
  catches: '8 % of those left by accident; a partner that is lost',
  run: (engine) => {
    const random = engine.stream('P14', 'rounds');
    return [1, 2, 3].map((rounds): CheckMeasure => {
      let left = 0;
      for (let run = 0; run < INTERSECTION_RUNS; run += 1) {
        const sets = Array.from({ length: rounds }, () => {
          const others = Array.from({ length: INTERSECTION.batch - 1 }, () => random.below(1_000));
          return new Set([7, ...others]);
        });
        left += membersOfAllSets(sets).length;
      }
      const theory = expectedSurvivors({ ...INTERSECTION, rounds });
      // The number of receivers that survive by chance has nearly a Poisson distribution; in the first
      // round it varies less.
      const half = 4 * Math.sqrt((theory - 1) / INTERSECTION_RUNS);
      return {
        label: `left after ${rounds} rounds`,
        theory,
        measured: left / INTERSECTION_RUNS,
        accept: acceptPlusMinus(half),
        digits: 4,
      };
    });
  },
};
