/**
 * Interim results of a run, in the form of the final one. Metrics known only at the end (lateness,
 * processor, privacy) are missing.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';
import { flowProtocol, metricsOf } from '../../scenarios/open/nodes.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { World } from '../world.ts';
import { outcomeSoFar } from './outcome.ts';
import type { Stage } from './stage.ts';

/** The facts that identify a run. */
export interface RunFacts {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
}

/** Returns a function that reads a stage on request. */
export function measuredSoFar(
  world: World,
  { scenario, registry, seed }: RunFacts,
): (stage: Stage) => SeedResult {
  const definitions = metricsOf(scenario, registry);
  const protocolOf = (flow: TrafficSpec): string => flowProtocol(scenario, registry, flow);
  return (stage) => outcomeSoFar(stage, world, scenario, { seed, definitions, protocolOf });
}
