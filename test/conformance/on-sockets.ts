/**
 * Runs scenarios on sockets in this process, and defines the small mixnet that several tests use.
 *
 * @module
 */
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { loadAddedProtocols, ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { PORT_BLOCK } from '../port-block.ts';

/** All shipped protocols. */
await loadAddedProtocols();
export const registry: ProtocolRegistry = new ProtocolRegistry();

/** The settings of a run. */
export function orderOf(scenario: Scenario): Parameters<typeof runLive>[0] {
  return {
    scenario,
    registry,
    definitions: scenarioMetrics(scenario, registry),
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: 'npm run live',
    commit: 'test',
  };
}

/** Runs a scenario to its end and judges it. */
export async function live(scenario: Scenario): Promise<Report> {
  const end = await runLive(orderOf(scenario));
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

/**
 * Overrides of `mixnet.yaml`: one mix per layer and one provider, on ports derived from the number
 * of this process. They are below those that the system assigns, and other live runs on this
 * machine use others.
 */
export function smallMixnet(clients: number): Readonly<Record<string, string>> {
  return {
    'topology.addressPlan': 'ports',
    'topology.portBase': PORT_BLOCK,
    'topology.generate.width': '1',
    'topology.generate.providers': '1',
    'topology.generate.clients': String(clients),
  };
}

/** Overrides of `mixnet.yaml`: two clients, fast enough for a run of a few seconds. */
export function quickMixnet(stop: string): Readonly<Record<string, string>> {
  return {
    ...smallMixnet(2),
    'options.mixnet.rates.delay': '{ mean: 10ms }',
    'options.mixnet.rates.payload': '{ mean: 50ms }',
    'options.mixnet.rates.loop': '{ mean: 200ms }',
    'options.mixnet.client.retrieve': '{ interval: 50ms }',
    traffic: `[{ from: client-1, to: client-2, kind: constant, rate: 3/s, size: 200B, stop: ${stop} }]`,
  };
}
