/**
 * Interim results of a run, in the form of the final result. Metrics that are known only at the end
 * (lateness, processor, privacy) are missing.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';
import { flowProtocol, scenarioMetrics } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { World } from '../world.ts';
import type { Experiment } from './experiment.ts';
import { makeInterimSeedResult } from './outcome.ts';

/** The facts about a run that its interim results need. */
export interface SeedRunFacts {
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
}

/** Returns a function that makes the interim result of an experiment. */
export function makeInterimResultReader(
  world: World,
  { scenario, registry, seed }: SeedRunFacts,
): (experiment: Experiment) => SeedResult {
  const definitions = scenarioMetrics(scenario, registry);
  const protocolOf = (flow: TrafficSpec): string => flowProtocol(scenario, registry, flow);
  return (experiment) =>
    makeInterimSeedResult(experiment, world, scenario, { seed, definitions, protocolOf });
}
