/**
 * Federated learning: what a defective double does otherwise (`doubles/`), and what a correct node does.
 *
 * @module
 */
import type { NodeSetup } from '../../engine/host/protocol.ts';
import { nextModelState } from './aggregator/next-state.ts';
import type { FederatedOptions } from './config.ts';
import { loadDeviceUse } from './device/account.ts';
import { readDeviceLimits } from './device/options.ts';
import { unneededNoiseLevels } from './noise-levels.ts';
import { checkSurvivorLists } from './secagg/client-checks.ts';
import type { SecaggJobName } from './secagg/jobs.ts';
import { PROTOCOL_SEED_RULE, type SeedRule } from './secagg/seeds.ts';

/** The parts of a node's behaviour that a double may replace. */
export interface Behaviour {
  /** How the machines derive seeds of masks from secrets. */
  readonly seeds: SeedRule;
  /** Names of jobs that replace jobs of secure aggregation. */
  readonly jobs: Partial<Readonly<Record<SecaggJobName, string>>>;
  /** A client's check of the lists of survivors and lost. */
  readonly checkLists: typeof checkSurvivorLists;
  /** Factors of masked inputs, by index of the client; absent ones are 1. */
  readonly weights?: readonly number[];
  /** Maps the standard deviation of noise that an aggregator accounts for to that of the noise it adds. */
  readonly noise: (deviation: number) => number;
  /** Model and norm of the next round. */
  readonly nextState: typeof nextModelState;
  /** Levels of noise that a client reveals. */
  readonly removedLevels: typeof unneededNoiseLevels;
  /** Limits of a device. */
  readonly limitsOf: typeof readDeviceLimits;
  /** What a device used in earlier lives. */
  readonly recallUse: typeof loadDeviceUse;
  /** Whether a node that gossips keeps its own model instead of the mean with its neighbours' models. */
  readonly keepsOwnModel: boolean;
}

/** The set-up of a node, with its behaviour. */
export interface FederatedSetup extends NodeSetup<FederatedOptions> {
  readonly behaviour: Behaviour;
}

/** The behaviour of a correct `federated` node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  seeds: PROTOCOL_SEED_RULE,
  jobs: {},
  checkLists: checkSurvivorLists,
  noise: (deviation) => deviation,
  nextState: nextModelState,
  removedLevels: unneededNoiseLevels,
  limitsOf: readDeviceLimits,
  recallUse: loadDeviceUse,
  keepsOwnModel: false,
};
