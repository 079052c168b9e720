/**
 * The closed-form checks in the order of docs/VERIFICATION.md, and their verdicts over one or
 * several seeds.
 *
 * @module
 */
import { SegmentStreams } from '../../engine/net/stream/segment-streams.ts';
import type { Check, Measure } from './base/model.ts';
import { type Defects, SeededEngine } from './base/seeded-engine.ts';
import { conservationOfBundles, routersInSmallStores } from './checks/bundle-stores.ts';
import { repairsOfLtp, routersOfCopies } from './checks/bundles.ts';
import { cloud } from './checks/cloud.ts';
import { conservation } from './checks/conservation.ts';
import { meetingsOfWalkers, plannedRoutes, waitForContact } from './checks/contacts.ts';
import { saturatedRate, serialisation } from './checks/exact-times.ts';
import { faultSchedule } from './checks/fault-schedule.ts';
import { jitter } from './checks/jitter.ts';
import { erlangCheck, finiteQueue } from './checks/loss-systems.ts';
import { bernoulliCheck, gilbertCheck } from './checks/losses.ts';
import { poissonSource } from './checks/poisson-source.ts';
import {
  blendingAttackCheck,
  dummyTraffic,
  intersectionCheck,
  senderEpsilon,
  statisticalDisclosure,
} from './checks/privacy-attacks.ts';
import {
  entropyByHop,
  entropyByLayers,
  entropyByWidth,
  entropyOfBiasedRoutes,
  entropyOfCorruptLayers,
  entropyOfLowTraffic,
} from './checks/privacy-entropy.ts';
import { closedFormCheck, poolMix, singleMixCheck, sumOfDelays } from './checks/privacy-mixes.ts';
import { corruptRoutes } from './checks/privacy-routes.ts';
import { bimodalQueue, deterministicQueue, littlesLaw, markovianQueue } from './checks/queues.ts';
import { randomStreams } from './checks/random-streams.ts';
import { reliableStreamCheck } from './checks/reliable-streams.ts';
import { secureRound } from './checks/secure-sums.ts';
import { codelCheck, tokenBucket } from './checks/shaping.ts';
import { burkeCheck, constantTandem, priorityCheck } from './checks/tandem.ts';
import type { CheckVerdict } from './judge.ts';
import { judgeCheck } from './judge.ts';

/** All checks. */
export const CHECKS: readonly Check[] = [
  serialisation,
  saturatedRate,
  markovianQueue,
  deterministicQueue,
  finiteQueue,
  bimodalQueue,
  erlangCheck,
  burkeCheck,
  constantTandem,
  priorityCheck,
  bernoulliCheck,
  gilbertCheck,
  tokenBucket,
  jitter,
  codelCheck,
  poissonSource,
  conservation,
  randomStreams,
  littlesLaw,
  reliableStreamCheck((options) => new SegmentStreams(options)),
  faultSchedule,
  cloud,
  entropyByLayers,
  entropyOfCorruptLayers,
  entropyByHop,
  entropyByWidth,
  entropyOfLowTraffic,
  dummyTraffic,
  closedFormCheck,
  singleMixCheck,
  poolMix,
  sumOfDelays,
  statisticalDisclosure,
  blendingAttackCheck,
  senderEpsilon,
  intersectionCheck,
  corruptRoutes,
  entropyOfBiasedRoutes,
  routersOfCopies,
  waitForContact,
  repairsOfLtp,
  conservationOfBundles,
  plannedRoutes,
  meetingsOfWalkers,
  routersInSmallStores,
  secureRound,
];

/** What to run, with how many seeds. */
export interface SuiteOptions {
  readonly checks: readonly Check[];
  readonly seeds: readonly number[];
  readonly defects?: Defects;
  /** Called before each check of each seed. */
  readonly onCheck?: (check: Check, done: number, total: number) => void;
}

/** Runs checks; every check sees every seed. */
export function runSuite(options: SuiteOptions): readonly CheckVerdict[] {
  const { checks, seeds, defects, onCheck } = options;
  const results = new Map<Check, (readonly Measure[])[]>(checks.map((check) => [check, []]));
  let done = 0;
  for (const seed of seeds) {
    // A new engine per seed: runs shared by checks belong to one seed.
    const engine = new SeededEngine(seed, defects);
    for (const check of checks) {
      onCheck?.(check, done, checks.length * seeds.length);
      results.get(check)?.push(check.run(engine));
      done += 1;
    }
  }
  return checks.map((check) => judgeCheck(check, results.get(check) ?? []));
}
