/**
 * Checks S1 and S2: how long the beaconing of SCION control services takes to discover paths, without fast
 * recovery (SCION control plane draft, "Propagation Interval and Best PCBs Set Size").
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { TICK_NS } from '../../../nodes/control-service/index.ts';
import {
  ACCEPT_EQUAL,
  acceptPlusMinus,
  type CheckMeasure,
  type VerificationCheck,
} from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { BeaconingNetwork, type BeaconLink } from '../beacons/beaconing-network.ts';

const S = 1_000_000_000;
const INTERVAL_S = 5;
const ERRORS = 4;

/** Check S1: the number of hops in a chain of ASes, and the number of chains that are measured. */
const LENGTH = 6;
const CHAINS = 1_000;
/**
 * Instant at which the first link of a chain opens, ns; by then, all ASes have begun their rounds.
 */
const OPENED_NS = 2 * INTERVAL_S * S;

/** Check S2: the number of core ASes in a ring, and of additional links between drawn ASes. */
const CORES = 24;
const CHORDS = 8;

/** Check S1 of docs/VERIFICATION.md: discovery over a chain, with rounds at random phases. */
export const discoveryCheck: VerificationCheck = {
  id: 'S1',
  name: 'discovery over a chain',
  formula:
    'mean L T / 2, variance L T^2 / 12; L = 6 ASes, T = 5 s, random phases, no fast recovery',
  catches: 'mean 3 %, variance 17 %',
  run: (engine): readonly CheckMeasure[] => {
    const random = engine.stream('S1', 'phases');
    const times = Array.from({ length: CHAINS }, () => discoveryS(engine, random));
    const mean = times.reduce((sum, time) => sum + time, 0) / CHAINS;
    const squares = times.reduce((sum, time) => sum + (time - mean) ** 2, 0);
    const variance = (LENGTH * INTERVAL_S ** 2) / 12;
    // The sum of L uniform times has the kurtosis 3 - 6 / (5 L).
    const spread = Math.sqrt((2 - 6 / (5 * LENGTH)) / CHAINS);
    return [
      {
        label: 'mean, s',
        theory: (LENGTH * INTERVAL_S) / 2,
        measured: mean,
        accept: acceptPlusMinus(ERRORS * Math.sqrt(variance / CHAINS)),
        digits: 3,
      },
      {
        label: 'variance, s^2',
        theory: variance,
        measured: squares / (CHAINS - 1),
        accept: acceptPlusMinus(ERRORS * variance * spread),
        digits: 3,
      },
    ];
  },
};

/**
 * Check S2 of docs/VERIFICATION.md: each core AS has beacons of all others after as many rounds as the
 * diameter of the core in links.
 */
export const coreStepsCheck: VerificationCheck = {
  id: 'S2',
  name: 'steps of the core',
  formula: 'after k rounds in step, beacons of exactly the core ASes within k links; all after d',
  catches: '1 round, one pair',
  run: (engine): readonly CheckMeasure[] => {
    const links = drawCore(engine.stream('S2', 'chords'));
    const within = pairsWithin(links);
    const diameter = within.length - 1;
    const random = inStep(engine.stream('S2', 'segments'));
    const network = new BeaconingNetwork({
      ...{ ases: CORES, links, random: (): Random => random },
      options: optionsOf(engine),
    });
    let steps = 0;
    let wrong = 0;
    const known = (): number => sumOver((as) => network.origins(as));
    for (let step = 1; step <= 2 * diameter && steps === 0; step += 1) {
      for (let as = 0; as < CORES; as += 1) network.tick(as, step * INTERVAL_S * S);
      network.deliver();
      wrong += Math.abs(known() - (within[Math.min(step, diameter)] ?? 0));
      if (known() === CORES * (CORES - 1)) steps = step;
    }
    return [
      {
        label: 'rounds beyond the diameter',
        theory: 0,
        measured: steps === 0 ? Number.POSITIVE_INFINITY : steps - diameter,
        accept: ACCEPT_EQUAL,
        digits: 0,
      },
      {
        label: 'pairs too early or too late',
        theory: 0,
        measured: wrong,
        accept: ACCEPT_EQUAL,
        digits: 0,
      },
    ];
  },
};

/**
 * The time from the opening of the first link until the last AS of a chain has a beacon of the first
 * AS, s.
 */
function discoveryS(engine: SeededEngine, random: Random): number {
  const links = Array.from({ length: LENGTH }, (_, index): BeaconLink => {
    return { ends: [index, index + 1], relation: 'child' };
  });
  const network = new BeaconingNetwork({
    ...{ ases: LENGTH + 1, links, random: (): Random => random },
    options: optionsOf(engine),
  });
  let now = 0;
  network.isOpen = (from): boolean => from > 0 || now >= OPENED_NS;
  const ticks = Array.from({ length: LENGTH + 1 }, (_, as) => ({
    as,
    atNs: Math.floor(TICK_NS * random.uniform()),
  })).sort((left, right) => left.atNs - right.atNs);
  for (let round = 0; network.origins(LENGTH) === 0; round += 1) {
    for (const { as, atNs } of ticks) {
      now = round * TICK_NS + atNs;
      network.tick(as, now);
      network.deliver();
      if (network.origins(LENGTH) > 0) break;
    }
  }
  return (now - OPENED_NS) / S;
}

/** The options: without fast recovery, unless the engine has this defect. */
function optionsOf({
  defects: { beacons = {} },
}: SeededEngine): ConstructorParameters<typeof BeaconingNetwork>[0]['options'] {
  const intervalNs = INTERVAL_S * S;
  return {
    origination: intervalNs,
    propagation: intervalNs * (beacons.everyRounds ?? 1),
    registration: intervalNs,
    fastRecovery: beacons.isFast ?? false,
    ...{ bestSet: 5, candidates: 20, maxHops: CORES },
  };
}

/** Replaces the random phases of rounds, so that all ASes begin their rounds at the same time. */
function inStep(random: Random): Random {
  return {
    u32: (): number => random.u32(),
    below: (n): number => random.below(n),
    uniform: (): number => 0,
    chance: (p): boolean => random.chance(p),
    exponential: (mean): number => random.exponential(mean),
    shuffle: (items): void => random.shuffle(items),
  };
}

/** Draws a ring of ASes with links across it. */
function drawCore(random: Random): readonly BeaconLink[] {
  const ring = Array.from({ length: CORES }, (_, as) => [as, (as + 1) % CORES] as const);
  const across = Array.from({ length: CHORDS }, () => {
    const from = random.below(CORES);
    return [from, (from + 2 + random.below(CORES - 3)) % CORES] as const;
  });
  return [...ring, ...across].map((ends) => ({ ends, relation: 'core' }));
}

/**
 * For each distance from 0 to the diameter: the number of ordered pairs that are at most this many
 * links apart.
 */
function pairsWithin(links: readonly BeaconLink[]): readonly number[] {
  const counts = [0];
  const reached = Array.from({ length: CORES }, (_, as) => new Set([as]));
  while ((counts.at(-1) ?? 0) < CORES * (CORES - 1)) {
    const before = reached.map((set) => [...set]);
    for (const { ends } of links) {
      for (const [to, from] of [ends, [ends[1], ends[0]] as const]) {
        for (const one of before[from] ?? []) reached[to]?.add(one);
      }
    }
    counts.push(sumOver((as) => (reached[as]?.size ?? 0) - 1));
  }
  return counts;
}

function sumOver(of: (as: number) => number): number {
  return Array.from({ length: CORES }, (_, as) => of(as)).reduce((sum, one) => sum + one, 0);
}
