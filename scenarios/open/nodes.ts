/**
 * Which protocol each host runs, with its checked options.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { FOLDED_METRIC_DEFINITION } from '../../engine/measure/bounded-series.ts';
import { indexByName } from '../../engine/pure/once-per.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import {
  type ProtocolOnHost,
  protocolsOnHost,
} from '../../topologies/assemble/protocols-on-host.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { HostSpec, Topology } from '../../topologies/model.ts';
import { nodeOptions } from '../files/load.ts';
import { ASK_METRICS } from '../metrics/ask-metrics.ts';
import { RUN_METRICS } from '../metrics/run-metrics.ts';
import { trafficMetrics } from '../metrics/traffic-metrics.ts';
import type { Scenario, TrafficSpec } from '../model.ts';

/** The result of a schema's `safeParse`. */
type Parsed = { readonly success: true; readonly data: unknown } | { readonly success: false };

/** A protocol with its checked options on one host. */
export interface ConfiguredProtocol {
  readonly protocol: Protocol;
  readonly options: unknown;
  /** Gives the export of a user's module that the options name, by its path. */
  readonly userModule?: (path: string) => unknown;
}

/** All protocols of a host with their checked options, the lowest first. */
export type ProtocolStackOf = (
  host: HostSpec,
) => readonly [ConfiguredProtocol, ...ConfiguredProtocol[]];

/**
 * Makes the function that finds the protocols of each host of a scenario. The loader has checked that
 * they exist and that their options are valid.
 */
export function makeProtocolStackFinder(
  scenario: Pick<Scenario, 'options'>,
  registry: ProtocolLookup,
): ProtocolStackOf {
  const configured = (one: ProtocolOnHost): ConfiguredProtocol =>
    placedChoice(scenario, one, registry);
  return (host) => {
    const [lowest, ...layers] = protocolsOnHost(host);
    return [configured(lowest), ...layers.map(configured)];
  };
}

function placedChoice(
  scenario: Pick<Scenario, 'options'>,
  placed: ProtocolOnHost,
  registry: ProtocolLookup,
): ConfiguredProtocol {
  const protocol = registry.protocols(placed.protocol);
  assert(protocol !== undefined, `${placed.name} runs an unknown protocol ${placed.protocol}`);
  const parsed = protocol.config.safeParse(nodeOptions(scenario, placed)) as Parsed;
  assert(parsed.success, `options of ${placed.name} were not checked`);
  const userModule = (path: string): unknown => registry.userModule?.(path);
  return { protocol, options: parsed.data, userModule };
}

/** The remarks that the protocols of a scenario, with its options, add to its verdict, sorted. */
export function scenarioRemarks(scenario: Scenario, registry: ProtocolLookup): readonly string[] {
  const remarks = scenario.topology.hosts
    .flatMap((host) => protocolsOnHost(host))
    .filter(({ protocol }) => registry.protocols(protocol)?.remark !== undefined)
    .map((placed) => placedChoice(scenario, placed, registry))
    .map(({ protocol, options }) => protocol.remark?.(options));
  return [...new Set(remarks)].filter((remark) => remark !== undefined).sort();
}

/**
 * Makes a function that finds all protocols of a host by its name, the lowest first; it looks each host
 * up once.
 */
export function makeProtocolsFinder(
  { hosts }: Pick<Topology, 'hosts'>,
  stackOf: ProtocolStackOf,
): (host: string) => readonly Protocol[] {
  const table = new Map(
    hosts.map((host) => [host.name, stackOf(host).map(({ protocol }) => protocol)]),
  );
  return (name): readonly Protocol[] => {
    const protocols = table.get(name);
    assert(protocols !== undefined, `the topology has no node ${name}`);
    return protocols;
  };
}

/** The different protocols of a scenario's hosts, in the order of first use. */
function protocolsOf(scenario: Scenario, registry: ProtocolLookup): readonly Protocol[] {
  const protocols = new Set<Protocol>();
  for (const host of scenario.topology.hosts) {
    for (const name of protocolNamesOfHost(host)) {
      const protocol = registry.protocols(name);
      if (protocol !== undefined) protocols.add(protocol);
    }
  }
  return [...protocols];
}

/** All metrics that a run of the scenario measures. */
export function scenarioMetrics(
  scenario: Scenario,
  registry: ProtocolLookup,
): readonly MetricDefinition[] {
  // Protocols that use a library share its definitions.
  const own = new Set(
    protocolsOf(scenario, registry).flatMap((protocol) => [
      ...protocol.metrics,
      ...trafficMetrics(protocol.name),
    ]),
  );
  const isAsked =
    scenario.asks !== undefined || scenario.events.some(({ action }) => 'ask' in action);
  const all = [...own, FOLDED_METRIC_DEFINITION, ...RUN_METRICS, ...(isAsked ? ASK_METRICS : [])];
  return scenario.privacy === undefined ? all : [...all, ...PRIVACY_METRICS];
}

/**
 * Name of the protocol at the receiving end of a flow, with which the names of its metrics begin; for a
 * user's module, the name that the protocol states.
 */
export function flowProtocol(
  scenario: Scenario,
  registry: ProtocolLookup,
  { to, by }: Pick<TrafficSpec, 'to' | 'by'>,
): string {
  if (by !== undefined) return by;
  const host = indexByName(scenario.topology.hosts).get(to);
  return host === undefined
    ? to
    : makeProtocolStackFinder(scenario, registry)(host)[0].protocol.name;
}
