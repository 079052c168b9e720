/**
 * Which protocol each host runs, with its checked options.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec, Topology } from '../../topologies/model.ts';
import { nodeOptions } from '../files/load.ts';
import type { Scenario } from '../model.ts';
import { trafficMetrics } from './traffic-metrics.ts';

/** The result of a schema's `safeParse`. */
type Parsed = { readonly success: true; readonly data: unknown } | { readonly success: false };

/** A protocol with the options of one host. */
export interface NodeChoice {
  readonly protocol: Protocol;
  readonly options: unknown;
}

/** The protocol of a host; the loader has checked that it exists and that its options fit. */
export function nodeChoice(scenario: Scenario, host: HostSpec, registry: Registry): NodeChoice {
  const protocol = registry.protocols(host.protocol);
  assert(protocol !== undefined, `${host.name} runs an unknown protocol ${host.protocol}`);
  const parsed = protocol.config.safeParse(nodeOptions(scenario, host)) as Parsed;
  assert(parsed.success, `options of ${host.name} were not checked`);
  return { protocol, options: parsed.data };
}

/** Finds the protocol of a host by name; calls `protocolOf` once per host. */
export function protocolTable(
  { hosts }: Pick<Topology, 'hosts'>,
  protocolOf: (host: HostSpec) => Protocol,
): (host: string) => Protocol {
  const table = new Map(hosts.map((host) => [host.name, protocolOf(host)]));
  return (name): Protocol => {
    const protocol = table.get(name);
    assert(protocol !== undefined, `the topology has no node ${name}`);
    return protocol;
  };
}

/** The different protocols of a scenario's hosts, in the order of first use. */
function protocolsOf(scenario: Scenario, registry: Registry): readonly Protocol[] {
  const protocols = new Set<Protocol>();
  for (const host of scenario.topology.hosts) {
    const protocol = registry.protocols(host.protocol);
    if (protocol !== undefined) protocols.add(protocol);
  }
  return [...protocols];
}

/** All metrics that a run of the scenario measures. */
export function metricsOf(scenario: Scenario, registry: Registry): readonly MetricDefinition[] {
  const own = protocolsOf(scenario, registry).flatMap((protocol) => [
    ...protocol.metrics,
    ...trafficMetrics(protocol.name),
  ]);
  return scenario.privacy === undefined ? own : [...own, ...PRIVACY_METRICS];
}

/** Name of the protocol that a host runs; for a module, the name that it gives itself. */
export function protocolName(scenario: Scenario, registry: Registry, name: string): string {
  const host = scenario.topology.hosts.find((spec) => spec.name === name);
  return host === undefined ? name : nodeChoice(scenario, host, registry).protocol.name;
}
