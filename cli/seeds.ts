/**
 * Which seeds the flags `--seed` and `--seeds` ask for.
 *
 * @module
 */
import { networkOfSeed, SEEDS_PER_NETWORK, seedInNetwork } from '../reports/networks.ts';
import type { Scenario } from '../scenarios/model.ts';
import { FlagError } from './exit.ts';
import type { RunFlags } from './run-flags.ts';

type Asked = Pick<Scenario, 'seeds' | 'networks'>;

/**
 * The seeds to run: with `--seed` that one; with `--seeds n` the first n of the file, or 1 to n if the file has fewer;
 * else those of the file. If the scenario has several networks, `--seeds` counts for each of them.
 * @throws FlagError if no network of the scenario has the seed.
 */
export function seedsToRun(
  scenario: Asked,
  { seed, seeds }: Pick<RunFlags, 'seed' | 'seeds'>,
): readonly number[] {
  const { seeds: file, networks } = scenario;
  if (seed !== undefined) {
    if (networks !== undefined) refuseElsewhere(networks, seed);
    return [seed];
  }
  if (seeds === undefined) return file;
  if (networks === undefined) return firstOf(file, seeds);
  return networks.flatMap((network) => {
    const own = file.filter((one) => networkOfSeed(one) === network);
    const first = own.map((one) => one % SEEDS_PER_NETWORK);
    return firstOf(first, seeds).map((one) => seedInNetwork(network, one));
  });
}

function firstOf(file: readonly number[], count: number): readonly number[] {
  if (count <= file.length) return file.slice(0, count);
  return Array.from({ length: count }, (_, index) => index + 1);
}

function refuseElsewhere(networks: readonly number[], seed: number): void {
  const network = networkOfSeed(seed);
  if (networks.includes(network)) return;
  const [first = 1] = networks;
  const message = `--seed: ${seed} is a seed of network ${network}, which does not run`;
  const hint = `seed 1 of network ${first} is --seed ${seedInNetwork(first, 1)}`;
  throw new FlagError(message, '--seed', hint);
}
