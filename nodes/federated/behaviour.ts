/**
 * Federated learning: the decisions of a node that its defective doubles (`doubles/`) make wrongly, and
 * the correct decisions.
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
  /** A client's check of the lists of survivors and lost clients. */
  readonly checkLists: typeof checkSurvivorLists;
  /**
   * Factors with which the server multiplies masked inputs, by index of the client; an absent factor is 1.
   */
  readonly weights?: readonly number[];
  /**
   * Returns the standard deviation of the noise that an aggregator adds.
   * @param deviation Standard deviation of the noise that it reports in its privacy account.
   */
  readonly noise: (deviation: number) => number;
  /** Computes the model and norm of the next round. */
  readonly nextState: typeof nextModelState;
  /** Finds the levels of noise whose keys a client reveals. */
  readonly removedLevels: typeof unneededNoiseLevels;
  /** Reads the limits of a device from its options. */
  readonly limitsOf: typeof readDeviceLimits;
  /** Loads what a device had used before a restart. */
  readonly recallUse: typeof loadDeviceUse;
  /** Whether a node that gossips keeps its own model instead of the mean with its neighbours' models. */
  readonly keepsOwnModel: boolean;
}

/** What a node is created from, with its behaviour. */
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
