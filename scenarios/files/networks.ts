/**
 * The entry `networks` of a scenario: which of the networks that its generator can draw are run, and
 * the seeds of each.
 *
 * @module
 */
import { SEEDS_PER_NETWORK, seedInNetwork } from '../../reports/networks.ts';
import { valueAt } from '../../topologies/files/zod-words.ts';
import type { ScenarioContext } from './context.ts';
import type { ScenarioInput } from './schema.ts';

/** Largest number of runs of one scenario, all networks together. */
const RUNS_MAX = 10_000;
const PLACE = ['networks'] as const;

/** The number, from 1, of the network with which a scenario is checked on behalf of all its networks. */
export function firstNetwork(data: unknown): number {
  const value = valueAt(data, PLACE);
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'number' && Number.isSafeInteger(first) && first >= 1 ? first : 1;
}

/** Resolves the networks to run; undefined if the file asks for none, or after a mistake was reported. */
export function resolveNetworks(
  context: ScenarioContext,
  networks: ScenarioInput['networks'],
  isDrawn: boolean,
): readonly number[] | undefined {
  if (networks === undefined) return undefined;
  if (!isDrawn) {
    const message = 'nothing in this topology is drawn at random, so there is only one';
    const hint =
      'networks belong to a generator with a seed, such as topology: { generate: { kind: internet, nodes: 50, seed: 1 } }';
    context.refuseKey('E104', PLACE, message, hint);
    return undefined;
  }
  if (typeof networks === 'number') return Array.from({ length: networks }, (_, at) => at + 1);
  for (const [index, network] of networks.entries()) {
    const before = networks.indexOf(network);
    if (before === index) continue;
    const message = `${network} is used twice (first as networks[${before}])`;
    context.refuse('E113', [...PLACE, index], message);
  }
  return networks;
}

/** The seeds of all networks, those of the first network first; no two networks share a seed. */
export function seedsOfNetworks(
  context: ScenarioContext,
  seeds: readonly number[],
  networks: readonly number[] | undefined,
): readonly number[] {
  if (networks === undefined) return seeds;
  const large = seeds.find((seed) => seed >= SEEDS_PER_NETWORK);
  if (large !== undefined) {
    const message = `seed ${large} is above ${SEEDS_PER_NETWORK - 1}, the largest of a network`;
    context.refuse('E104', ['seeds'], message, 'network 2 counts its seeds from 10000');
    return [];
  }
  const runs = seeds.length * networks.length;
  if (runs > RUNS_MAX) {
    const message = `${networks.length} networks with ${seeds.length} seeds are ${runs} runs`;
    context.refuse('E104', PLACE, `${message}, the limit is ${RUNS_MAX}`);
    return [];
  }
  return networks.flatMap((network) => seeds.map((seed) => seedInNetwork(network, seed)));
}
