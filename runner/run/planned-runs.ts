/**
 * The runs that a scenario asks for: one for each seed of each network, and as many of the twin if
 * there is one. Each is an ordinary run of the file with some values set, so that it can be repeated
 * anywhere.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import { networkOfSeedIfAny, seedInNetwork } from '../../reports/networks.ts';
import { TWIN_RUN_PATH, withTwinChanges } from '../../scenarios/files/twin.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { SeedAnswer } from './job.ts';

/** A run to be made: its seed, and whether it is the twin. */
export interface PlannedRun {
  readonly seed: number;
  readonly isTwin: boolean;
  /** Values to set in the file, `path -> value`. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The result of a run that has ended: of the scenario as written, or of its twin. */
export interface DoneRun {
  readonly result: SeedResult;
  readonly isTwin: boolean;
}

/**
 * The seeds of a run on all its networks.
 * @param asked Seeds of the first network; if undefined, those of the file.
 */
export function seedsInNetworks(
  { seeds, networks }: Pick<Scenario, 'seeds' | 'networks'>,
  asked: readonly number[] | undefined,
): readonly number[] {
  if (asked === undefined || networks === undefined) return asked ?? seeds;
  return networks.flatMap((network) => asked.map((seed) => seedInNetwork(network, seed)));
}

/** All runs of some seeds: first the runs of the scenario as written, then its twins. */
export function plannedRuns(scenario: Scenario, seeds: readonly number[]): readonly PlannedRun[] {
  const { twin, networks, overrides } = scenario;
  const planned = (seed: number, isTwin: boolean): PlannedRun => {
    const network = networkOfSeedIfAny(networks, seed);
    const set = {
      ...(network === undefined ? {} : { networks: `[${network}]` }),
      ...(twin === undefined ? {} : { [TWIN_RUN_PATH]: isTwin ? 'twin' : 'written' }),
    };
    return { seed, isTwin, overrides: withTwinChanges(overrides, set) };
  };
  return [
    ...seeds.map((seed) => planned(seed, false)),
    ...(twin === undefined ? [] : seeds.map((seed) => planned(seed, true))),
  ];
}

/**
 * Returns the answer of a run; if the run has no result, the message is extended by the name of its
 * network.
 */
export function nameNetworkInAnswer(
  answer: SeedAnswer,
  { networks }: Pick<Scenario, 'networks'>,
  seed: number,
): SeedAnswer {
  const network = networkOfSeedIfAny(networks, seed);
  if (answer.kind !== 'refused' || network === undefined) return answer;
  return { ...answer, message: `network ${network}: ${answer.message}` };
}

/**
 * Refuses a scenario with a twin or several networks, for commands that can only run seeds.
 * @param who The command as the subject of a sentence: `a sweep`.
 * @throws Refusal that names the entry of the file.
 */
export function refuseTwinsAndNetworks(
  { file, twin, networks }: Pick<Scenario, 'file' | 'twin' | 'networks'>,
  who: string,
): void {
  if (twin !== undefined) {
    throw new Refusal(
      `${file}: twin: ${who} runs no twin; --set ${TWIN_RUN_PATH}=written leaves it out, --set ${TWIN_RUN_PATH}=twin runs it alone`,
    );
  }
  if (networks !== undefined && networks.length > 1) {
    const [first = 1] = networks;
    throw new Refusal(
      `${file}: networks: ${who} runs on one network; --set 'networks=[${first}]' chooses one`,
    );
  }
}
