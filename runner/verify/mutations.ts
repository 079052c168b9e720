/**
 * The table of docs/VERIFICATION.md#it-can-fail: each wrong engine, and the checks that must fail on
 * it.
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import {
  ClampedJitterDirection,
  CoarseLossDirection,
  delayAllEventsByOneNs,
  EagerGilbertDirection,
  GenerousDirection,
  LifoDirection,
  MicrosecondDirection,
  PreemptiveDirection,
  replaceDirections,
  rewriteDirections,
} from './base/doubles.ts';
import type { Defects } from './base/seeded-engine.ts';

/** A wrong engine that the suite must detect. */
export interface Mutation {
  readonly name: string;
  /** A text on the mistake of the engine. */
  readonly mistake: string;
  /** Ids of the checks that must fail. */
  readonly red: readonly string[];
  /** Further checks that fail because they depend on the same thing. */
  readonly alsoRed?: readonly string[];
  /** Checks that must pass, because in theory they cannot detect the mistake. */
  readonly green?: readonly string[];
  /** Labels of the measures that must fail, for checks whose other measures must still pass. */
  readonly onlyMeasures?: Readonly<Record<string, readonly string[]>>;
  readonly defects: Defects;
}

/** The time after which three lost probes, sent every 50 ms, make a node declare a link dead, ns. */
const DETECTION_NS = 150_000_000;
const LATE_NS = 2_000_000_000;

/** All wrong engines. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'header-not-counted',
    mistake: 'the header is not serialised: 1,000 instead of 1,054 B',
    red: ['1', '2', 'F1'],
    defects: { sabotage: specs(({ overheadBytes: _header, ...spec }) => spec) },
  },
  {
    name: 'rounded-to-microseconds',
    mistake: 'serialisation times are rounded up to microseconds',
    red: ['1', '2'],
    defects: { sabotage: replaceDirections(MicrosecondDirection) },
  },
  {
    name: 'propagation-twice',
    mistake: 'one hop counts its propagation twice',
    red: ['1'],
    // Check 2 fails too, because its workload (b) contains the same hop.
    alsoRed: ['2'],
    defects: {
      sabotage: rewriteDirections((place, spec) => {
        const isSecond = place.fromNode === 1;
        return { place, spec: isSecond ? { ...spec, delayNs: 2 * spec.delayNs } : spec };
      }),
    },
  },
  {
    name: 'queue-one-more',
    mistake: 'the queue limit is one too large',
    red: ['5'],
    defects: { sabotage: specs((spec) => limitedBy(spec, 1)) },
  },
  {
    name: 'queue-one-less',
    mistake: 'the queue limit is one too small',
    red: ['5'],
    defects: { sabotage: specs((spec) => limitedBy(spec, -1)) },
  },
  {
    name: 'lifo',
    mistake: 'the youngest packet is served first',
    red: ['2', '8b'],
    // Check 3 fails by its row about the order of service, although its mean wait stays right.
    alsoRed: ['3', '21'],
    green: ['18'],
    onlyMeasures: {
      '2': ['packets in the place of another'],
      '3': ['packets out of order'],
      '8b': ['packets out of order'],
    },
    defects: { sabotage: replaceDirections(LifoDirection) },
  },
  {
    name: 'preemptive',
    mistake: 'urgent packets interrupt the one in service',
    red: ['9'],
    defects: { sabotage: replaceDirections(PreemptiveDirection) },
  },
  {
    name: 'larger-sizes',
    mistake: 'the mean packet size is 1,050 instead of 1,000 B',
    red: ['3'],
    green: ['18'],
    defects: { sizeFactor: 1.05 },
  },
  {
    name: 'coarse-loss',
    mistake: 'loss is decided with u <= loss on 8 bits',
    red: ['10'],
    defects: { sabotage: replaceDirections(CoarseLossDirection) },
  },
  {
    name: 'eager-gilbert',
    mistake: 'the Gilbert channel starts in good and steps before it decides',
    red: ['11'],
    onlyMeasures: { '11': ['first of 10000 short runs lost'] },
    defects: { sabotage: replaceDirections(EagerGilbertDirection) },
  },
  {
    name: 'shared-stream',
    mistake: 'two links draw from one stream',
    red: ['17'],
    onlyMeasures: { '17': ['correlation of losses of 2 links'] },
    defects: {
      sabotage: rewriteDirections((place, spec) => ({
        place: { ...place, linkId: 'shared' },
        spec,
      })),
    },
  },
  {
    name: 'clamped-jitter',
    mistake: 'normal jitter is clamped instead of truncated',
    red: ['13'],
    onlyMeasures: { '13': ['normal, samples on a bound'] },
    defects: { sabotage: replaceDirections(ClampedJitterDirection) },
  },
  {
    name: 'duplicate-offered',
    mistake: 'a duplicate counts as offered',
    red: ['16'],
    onlyMeasures: { '16': ['largest imbalance of a direction'] },
    defects: { sabotage: replaceDirections(GenerousDirection) },
  },
  {
    name: 'late-timer',
    mistake: 'timers fire 1 ns late',
    red: ['1', '2', '12'],
    // Check 14 fails too, because each dequeue of CoDel is late as well.
    alsoRed: ['14'],
    defects: { sabotage: delayAllEventsByOneNs },
  },
  {
    name: 'down-from-detection',
    mistake: 'down time counts from its detection',
    red: ['20'],
    onlyMeasures: { '20': ['share of time up'] },
    defects: { detectionNs: DETECTION_NS },
  },
  {
    name: 'core-turned',
    mistake: 'a cloud takes the delay of the other direction between two regions',
    red: ['21'],
    onlyMeasures: { '21': ['largest error of a pair, ns'] },
    defects: {
      sabotage: rewriteDirections((place, spec) => {
        const turned: Readonly<Record<string, number>> = {
          'east->north': 25e6,
          'north->east': 20e6,
        };
        return { place, spec: { ...spec, delayNs: turned[place.name] ?? spec.delayNs } };
      }),
    },
  },
  {
    name: 'access-not-shared',
    mistake: 'the access of a host to a cloud is as wide as three senders need',
    red: ['21'],
    defects: {
      sabotage: rewriteDirections((place, spec) => ({
        place,
        spec: place.name.startsWith('->') ? { ...spec, rateBps: 3 * spec.rateBps } : spec,
      })),
    },
  },
  {
    name: 'short-delays',
    mistake: 'mixes delay by 0.8 of what was asked',
    red: ['P1', 'P8', 'P10', 'P16'],
    defects: { mixes: { delayFactor: 0.8 } },
  },
  {
    name: 'uniform-delays',
    mistake: 'mixes draw uniform delays of the same mean',
    red: ['P10'],
    // Mass propagation gives each of n messages inside a mix P / n, however old they are.
    green: ['P1'],
    onlyMeasures: { P10: ['Erlang(3, 1 s)', 'difference'] },
    defects: { mixes: { isUniform: true } },
  },
  {
    name: 'cascades',
    mistake: 'a message stays in its column of the network',
    red: ['P1', 'P4'],
    defects: { mixes: { isCascade: true } },
  },
  {
    name: 'corrupt-trusted',
    mistake: 'corrupt mixes are believed to mix',
    red: ['P2', 'P16'],
    onlyMeasures: { P16: ['L 1 only, heavy corrupt', 'all, heavy corrupt'] },
    defects: { mixes: { isCorruptTrusted: true } },
  },
  {
    name: 'weights-ignored',
    mistake: 'routes are uniform whatever the weights say',
    red: ['P16'],
    // Only this measure can fail: without corrupt mixes, weights do not reduce the entropy, and the
    // routes of targets are stratified by class.
    onlyMeasures: { P16: ['all, heavy corrupt'] },
    defects: { mixes: { hasNoWeights: true } },
  },
  {
    name: 'pool-one-less',
    mistake: 'pool mixes keep one message less',
    red: ['P9'],
    defects: { mixes: { keepsOneLess: true } },
  },
  {
    name: 'immune-loops',
    mistake: 'loops that are blocked come back anyway',
    red: ['P12'],
    onlyMeasures: {
      P12: [0.01, 0.1, 0.5, 1].map((rate) => `detected, lambda_M/mu = ${rate}`),
    },
    defects: { mixes: { hasImmuneLoops: true } },
  },
  {
    name: 'cover-for-alice',
    mistake: 'Alice’s rounds are like all others, and disclosure says it found friends',
    red: ['P11'],
    defects: { mixes: { hasCover: true } },
  },
  {
    name: 'relays-spread',
    mistake: 'relays of two-hop give copies on',
    red: ['D1'],
    onlyMeasures: { D1: ['two-hop, mean delay, s'] },
    defects: { bundles: { routerFor: (router) => (router === 'two-hop' ? 'epidemic' : router) } },
  },
  {
    name: 'late-contacts',
    mistake: 'contacts begin two seconds late',
    red: ['D2'],
    defects: { sabotage: specs(late) },
  },
  {
    name: 'more-loss',
    mistake: 'LTP loses 1.4 times as many segments',
    red: ['D3'],
    defects: { bundles: { lossFactor: 1.4 } },
  },
  {
    name: 'bundles-swallowed',
    mistake: 'one bundle of 500 disappears between two agents',
    red: ['D4'],
    onlyMeasures: { D4: ['missing, stores of 5 bundles', 'missing, stores that hold all'] },
    defects: { bundles: { everyLost: 500 } },
  },
  {
    name: 'bundles-swapped',
    mistake: 'one delivery of 50 repeats the message before it',
    red: ['D4'],
    onlyMeasures: {
      D4: [
        'missing, stores of 5 bundles',
        'missing, stores that hold all',
        'delivered twice, five routers',
      ],
    },
    defects: { bundles: { everySwapped: 50 } },
  },
  {
    name: 'volumes-forgotten',
    mistake: 'contacts are promised to any number of bundles',
    red: ['D5'],
    onlyMeasures: { D5: ['bundles that did not fit'] },
    defects: { bundles: { isVolumeForgotten: true } },
  },
  {
    name: 'shorter-range',
    mistake: 'walkers meet at 0.9 of the distance',
    red: ['D6'],
    defects: { bundles: { rangeFactor: 0.9 } },
  },
  {
    name: 'sprays-flood',
    mistake: 'a spraying source gives copies without end',
    red: ['D7'],
    defects: {
      bundles: { routerFor: (router) => (router === 'spray-binary' ? 'epidemic' : router) },
    },
  },
  {
    name: 'work-free',
    mistake: 'jobs of secure aggregation take no time',
    red: ['F1'],
    onlyMeasures: { F1: ['until the sum is known, ns'] },
    defects: { isWorkFree: true },
  },
  {
    name: 'fast-recovery',
    mistake: 'beacons do not wait for the next round',
    red: ['S1'],
    // Check S2 cannot find this mistake: there all ASes begin their rounds at the same time, so a
    // beacon never waits for a round.
    green: ['S2'],
    defects: { beacons: { isFast: true } },
  },
  {
    name: 'every-other-round',
    mistake: 'beacons are passed on in every other round',
    red: ['S1', 'S2'],
    defects: { beacons: { everyRounds: 2 } },
  },
];

/** The wrong engine with the given name. */
export function findMutation(name: string): Mutation | undefined {
  return MUTATIONS.find((mutation) => mutation.name === name);
}

function specs(change: (spec: LinkDirectionSpec) => LinkDirectionSpec): Defects['sabotage'] & {} {
  return rewriteDirections((place, spec) => ({ place, spec: change(spec) }));
}

function late(spec: LinkDirectionSpec): LinkDirectionSpec {
  const { contacts } = spec;
  if (contacts === undefined) return spec;
  const windows = contacts.windows.map((one) => ({ ...one, startNs: one.startNs + LATE_NS }));
  return { ...spec, contacts: { ...contacts, windows } };
}

function limitedBy(spec: LinkDirectionSpec, change: number): LinkDirectionSpec {
  const { queue } = spec;
  if (queue?.kind !== 'drop-tail' || queue.limitPackets === undefined) return spec;
  return { ...spec, queue: { ...queue, limitPackets: queue.limitPackets + change } };
}
