/**
 * What was measured of a run that goes on, as a result like the one at its end. Metrics that only the
 * end knows (lateness, processor, privacy) are not in it.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { Scenario } from '../model.ts';
import { metricsOf, protocolName } from './nodes.ts';
import { outcomeSoFar } from './outcome.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** What a run is of. */
export interface RunFacts {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
}

/** Makes what reads a stage whenever somebody wants to know. */
export function measuredSoFar(
  world: World,
  { scenario, registry, seed }: RunFacts,
): (stage: Stage) => SeedResult {
  const definitions = metricsOf(scenario, registry);
  const protocolOf = (host: string): string => protocolName(scenario, registry, host);
  return (stage) => outcomeSoFar(stage, world, scenario, { seed, definitions, protocolOf });
}
