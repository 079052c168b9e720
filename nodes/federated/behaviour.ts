/**
 * Federated learning: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { NodeSetup } from '../../engine/host/protocol.ts';
import { nextState } from './aggregator/next-state.ts';
import type { FederatedOptions } from './config.ts';
import { recallUse } from './device/account.ts';
import { limitsOf } from './device/options.ts';
import { removedLevels } from './noise-levels.ts';
import { checkLists } from './secagg/client-checks.ts';
import type { JobName } from './secagg/jobs.ts';
import { PROTOCOL_SEED_RULE, type SeedRule } from './secagg/seeds.ts';

/** See the module. */
export interface Behaviour {
  /** How the machines derive seeds of masks from secrets. */
  readonly seeds: SeedRule;
  /** Names of jobs that replace jobs of secure aggregation. */
  readonly jobs: Partial<Readonly<Record<JobName, string>>>;
  /** A client's check of the lists of survivors and lost. */
  readonly checkLists: typeof checkLists;
  /** Factors of masked inputs, by index of the client; absent ones are 1. */
  readonly weights?: readonly number[];
  /** Standard deviation of the noise that an aggregator adds, from that which it accounts for. */
  readonly noise: (deviation: number) => number;
  /** Model and norm of the next round. */
  readonly nextState: typeof nextState;
  /** Levels of noise that a client reveals. */
  readonly removedLevels: typeof removedLevels;
  /** Limits of a device. */
  readonly limitsOf: typeof limitsOf;
  /** What a device used in earlier lives. */
  readonly recallUse: typeof recallUse;
  /** Whether a node that gossips never takes the mean. */
  readonly keepsOwnModel: boolean;
}

/** The set-up of a node, with its behaviour. */
export interface FederatedSetup extends NodeSetup<FederatedOptions> {
  readonly behaviour: Behaviour;
}

/** A correct node. */
export const CORRECT: Behaviour = {
  seeds: PROTOCOL_SEED_RULE,
  jobs: {},
  checkLists,
  noise: (deviation) => deviation,
  nextState,
  removedLevels,
  limitsOf,
  recallUse,
  keepsOwnModel: false,
};
