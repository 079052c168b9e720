/**
 * The closed-form checks in the order of docs/VERIFICATION.md, and their verdicts over one or
 * several seeds.
 *
 * @module
 */
import { SegmentStreamModel } from '../../engine/net/stream/segment-streams.ts';
import type { CheckMeasure, VerificationCheck } from './base/model.ts';
import { type Defects, SeededEngine } from './base/seeded-engine.ts';
import { coreStepsCheck, discoveryCheck } from './checks/beaconing.ts';
import { bundleConservationCheck, routerStoreSizeCheck } from './checks/bundle-stores.ts';
import { ltpRepairCheck, routerDelayCheck } from './checks/bundles.ts';
import { cloudCheck } from './checks/cloud.ts';
import { packetConservationCheck } from './checks/conservation.ts';
import { contactWaitCheck, plannedRouteCheck, walkerMeetingCheck } from './checks/contacts.ts';
import { saturatedRateCheck, serialisationCheck } from './checks/exact-times.ts';
import { faultScheduleCheck } from './checks/fault-schedule.ts';
import { jitterCheck } from './checks/jitter.ts';
import { erlangCheck, finiteQueueCheck } from './checks/loss-systems.ts';
import { bernoulliCheck, gilbertCheck } from './checks/losses.ts';
import { poissonSourceCheck } from './checks/poisson-source.ts';
import {
  blendingAttackCheck,
  dummyTrafficCheck,
  intersectionCheck,
  senderEpsilonCheck,
  statisticalDisclosureCheck,
} from './checks/privacy-attacks.ts';
import {
  biasedRouteEntropyCheck,
  corruptMixEntropyCheck,
  entropyByHopCheck,
  entropyByLayersCheck,
  entropyByWidthCheck,
  lowTrafficEntropyCheck,
} from './checks/privacy-entropy.ts';
import {
  closedFormCheck,
  delaySumEntropyCheck,
  poolMixCheck,
  singleMixCheck,
} from './checks/privacy-mixes.ts';
import { corruptRouteCheck } from './checks/privacy-routes.ts';
import {
  bimodalQueueCheck,
  deterministicQueueCheck,
  littlesLawCheck,
  markovianQueueCheck,
} from './checks/queues.ts';
import { randomStreamsCheck } from './checks/random-streams.ts';
import { reliableStreamCheck } from './checks/reliable-streams.ts';
import { secureRoundCheck } from './checks/secure-sums.ts';
import { codelCheck, tokenBucketCheck } from './checks/shaping.ts';
import { burkeCheck, constantTandemCheck, priorityCheck } from './checks/tandem.ts';
import type { CheckVerdict } from './judge.ts';
import { judgeCheck } from './judge.ts';

/** All checks of the network model, in the order of docs/VERIFICATION.md. */
export const CHECKS: readonly VerificationCheck[] = [
  serialisationCheck,
  saturatedRateCheck,
  markovianQueueCheck,
  deterministicQueueCheck,
  finiteQueueCheck,
  bimodalQueueCheck,
  erlangCheck,
  burkeCheck,
  constantTandemCheck,
  priorityCheck,
  bernoulliCheck,
  gilbertCheck,
  tokenBucketCheck,
  jitterCheck,
  codelCheck,
  poissonSourceCheck,
  packetConservationCheck,
  randomStreamsCheck,
  littlesLawCheck,
  reliableStreamCheck((options) => new SegmentStreamModel(options)),
  faultScheduleCheck,
  cloudCheck,
  entropyByLayersCheck,
  corruptMixEntropyCheck,
  entropyByHopCheck,
  entropyByWidthCheck,
  lowTrafficEntropyCheck,
  dummyTrafficCheck,
  closedFormCheck,
  singleMixCheck,
  poolMixCheck,
  delaySumEntropyCheck,
  statisticalDisclosureCheck,
  blendingAttackCheck,
  senderEpsilonCheck,
  intersectionCheck,
  corruptRouteCheck,
  biasedRouteEntropyCheck,
  routerDelayCheck,
  contactWaitCheck,
  ltpRepairCheck,
  bundleConservationCheck,
  plannedRouteCheck,
  walkerMeetingCheck,
  routerStoreSizeCheck,
  secureRoundCheck,
  discoveryCheck,
  coreStepsCheck,
];

/** The checks to run, the seeds, and the deliberate mistakes of the engine. */
export interface SuiteOptions {
  readonly checks: readonly VerificationCheck[];
  readonly seeds: readonly number[];
  readonly defects?: Defects;
  /** Called before each check of each seed. */
  readonly onCheck?: (check: VerificationCheck, done: number, total: number) => void;
}

/** Runs checks; every check sees every seed. */
export function runSuite(options: SuiteOptions): readonly CheckVerdict[] {
  const { checks, seeds, defects, onCheck } = options;
  const results = new Map<VerificationCheck, (readonly CheckMeasure[])[]>(
    checks.map((check) => [check, []]),
  );
  let done = 0;
  for (const seed of seeds) {
    // Each seed has a new engine, because runs that checks share are for one seed.
    const engine = new SeededEngine(seed, defects);
    for (const check of checks) {
      onCheck?.(check, done, checks.length * seeds.length);
      results.get(check)?.push(check.run(engine));
      done += 1;
    }
  }
  return checks.map((check) => judgeCheck(check, results.get(check) ?? []));
}
