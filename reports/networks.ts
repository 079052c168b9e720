/**
 * Runs on several generated networks: the network of each run, and the grouping of values by network.
 *
 * Seeds are nested in networks: each network has seeds of its own, so that runs on two networks share no random
 * draw. The difference between networks is then measured by the spread of their values alone (Cochran,
 * "Sampling Techniques", 3rd ed., chapter 10: the first stage of a two-stage sample).
 *
 * @module
 */

/** Number of seeds that belong to one network; the seeds of network 2 begin at this number. */
export const SEEDS_PER_NETWORK = 10_000;

/** The number of the network to which a seed belongs, from 1. */
export function networkOfSeed(seed: number): number {
  return Math.floor(seed / SEEDS_PER_NETWORK) + 1;
}

/**
 * The seed of a network that corresponds to a seed of the first network.
 * @param network From 1.
 * @param seed Below {@link SEEDS_PER_NETWORK}: a seed of the first network.
 */
export function seedInNetwork(network: number, seed: number): number {
  return (network - 1) * SEEDS_PER_NETWORK + seed;
}

/**
 * Groups entries so that groups are independent: one group for each network; without networks, one
 * group for each entry.
 * @param networks The networks that ran; undefined if the scenario asked for none.
 */
export function groupIndependentEntries<Entry extends { readonly seed: number }>(
  entries: readonly Entry[],
  networks: readonly number[] | undefined,
): readonly (readonly Entry[])[] {
  if (networks === undefined) return entries.map((entry) => [entry]);
  const groups = new Map<number, Entry[]>();
  for (const entry of entries) {
    const network = networkOfSeedIfAny(networks, entry.seed) ?? 1;
    groups.set(network, [...(groups.get(network) ?? []), entry]);
  }
  return [...groups.values()];
}

/** The number of the network of a seed in a report; undefined if the scenario asked for no networks. */
export function networkOfSeedIfAny(
  networks: readonly number[] | undefined,
  seed: number,
): number | undefined {
  if (networks === undefined) return undefined;
  return networks.length === 1 ? networks[0] : networkOfSeed(seed);
}

/**
 * The words to put after a seed in a sentence, such as ` of network 3`; empty if the scenario asked
 * for no networks.
 */
export function ofNetworkText(networks: readonly number[] | undefined, seed: number): string {
  const network = networkOfSeedIfAny(networks, seed);
  return network === undefined ? '' : ` of network ${network}`;
}
