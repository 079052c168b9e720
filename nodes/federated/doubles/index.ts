/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail; checks of secure aggregation notice published mistakes.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { nextModelState } from '../aggregator/next-state.ts';
import { type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import { modelOfState, modelWithNorm, normOfState } from '../clip-plan.ts';
import type { FederatedOptions } from '../config.ts';
import { seedRuleJobs } from '../secagg/jobs.ts';
import { PUBLIC_SEED_RULE, shortSeedRule } from './seeds.ts';

/** Seeds of 20 bits, which a search finds within a second. */
const SHORT_SEEDS = shortSeedRule(20);
const publicJobs = seedRuleJobs(PUBLIC_SEED_RULE);
const shortJobs = seedRuleJobs(SHORT_SEEDS);

/** Jobs that only doubles start. */
export const DOUBLE_JOBS: Readonly<Record<string, JobDefinition>> = {
  sharePublicly: publicJobs.shareKeys,
  derivePublicSeeds: publicJobs.deriveSeeds,
  shareShortly: shortJobs.shareKeys,
  deriveShortSeeds: shortJobs.deriveSeeds,
};

type Word = NonNullable<FederatedOptions['double']>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<Behaviour>>> = {
  'public-masks': {
    seeds: PUBLIC_SEED_RULE,
    jobs: { shareKeys: 'sharePublicly', deriveSeeds: 'derivePublicSeeds' },
  },
  'short-seeds': {
    seeds: SHORT_SEEDS,
    jobs: { shareKeys: 'shareShortly', deriveSeeds: 'deriveShortSeeds' },
  },
  // A client that checks no lists gives the server both shares of a client that is in the list of
  // survivors and in the list of lost clients.
  'unchecked-lists': { checkLists: () => undefined },
  'weights-on-masked': { weights: [2, 1] },
  'silent-noise': { noise: () => 0 },
  'resting-norm': { nextState: withOldNorm },
  'kept-levels': { removedLevels: () => [] },
  'ignored-limits': { limitsOf: () => ({}) },
  'forgotten-use': { recallUse: () => ({ energyJ: 0, bytes: 0 }) },
  'keeps-own-model': { keepsOwnModel: true },
};

/** The behaviour of a node with these options: the correct one, unless they name a double. */
export function behaviourOf({ double }: Pick<FederatedOptions, 'double'>): Behaviour {
  return double === undefined
    ? CORRECT_BEHAVIOUR
    : { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE[double] };
}

/** Computes the next model, but keeps the clipping norm of the round before. */
function withOldNorm(
  ...[options, state, sum]: Parameters<typeof nextModelState>
): ReturnType<typeof nextModelState> {
  const next = nextModelState(options, state, sum);
  const norm = normOfState(options, state);
  return norm === undefined ? next : modelWithNorm(options, modelOfState(options, next), norm);
}
