/**
 * The deployment file of a node that runs alone: its keys, and the traffic that its applications send.
 *
 * Refuses protocols and contacts whose times count from the start of a run, because nodes that run
 * alone share no such instant.
 *
 * @module
 */
import { ScenarioContext } from '../../../scenarios/files/context.ts';
import { PacketSizeCheck } from '../../../scenarios/files/size-check.ts';
import { resolveTraffic } from '../../../scenarios/files/traffic.ts';
import type { TrafficSpec } from '../../../scenarios/model.ts';
import { makeProtocolStackFinder } from '../../../scenarios/open/nodes.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import type { SourcePosition, Topology } from '../../../topologies/model.ts';
import type { KeyBundle } from '../../nodes/key-bundle.ts';
import { StandaloneKeyDerivation } from '../deployment/alone-keys.ts';
import {
  type Deployment,
  type DeploymentReadResult,
  readDeployment,
} from '../deployment/deployment.ts';

/** The node that runs alone: its name, with the topology and the protocols of its network. */
export interface StandaloneNode {
  readonly name: string;
  readonly topology: Topology;
  readonly registry: ProtocolLookup;
}

/** A checked deployment file, with its keys and its traffic. */
export interface StandaloneDeployment {
  readonly deployment: Deployment;
  readonly bundle: KeyBundle;
  readonly traffic: readonly TrafficSpec[];
}

/**
 * Loads a deployment file for a node that runs alone.
 * @throws ConfigError that names every mistake.
 */
export function loadStandaloneDeployment(path: string, node: StandaloneNode): StandaloneDeployment {
  const { name, topology, registry } = node;
  const read = readDeployment(path, topology, { kind: 'alone', name });
  const { source, problems, keysFolder, deployment } = read;
  const traffic = deployment === undefined ? [] : trafficOf(read, deployment, node);
  const bundle =
    deployment &&
    new StandaloneKeyDerivation(topology, registry).bundleOf(name, deployment.keys, keysFolder);
  if (bundle !== undefined && 'code' in bundle) {
    problems.add(source, { ...bundle, path: ['keys'], part: 'value' });
  }
  problems.throwIfAny();
  if (deployment === undefined || bundle === undefined || 'code' in bundle) {
    throw new ConfigError([]);
  }
  return { deployment, bundle, traffic };
}

/** Resolves the traffic as if it were that of a scenario without end. */
function trafficOf(
  { source, problems }: DeploymentReadResult,
  deployment: Deployment,
  { topology, registry }: StandaloneNode,
): readonly TrafficSpec[] {
  const durationNs = Number.MAX_SAFE_INTEGER;
  const context = new ScenarioContext({ source, problems, registry, topology, durationNs });
  for (const [index, entry] of deployment.traffic.entries()) {
    if (entry.kind === 'asks') {
      const hint = 'npm run ask puts questions to a running node';
      context.refuse('E103', ['traffic', index, 'kind'], 'nodes that run alone ask nobody', hint);
    } else if ('pairs' in entry && entry.pairs !== undefined) {
      const message = 'processes that share no seed draw different pairs';
      context.refuse('E103', ['traffic', index, 'pairs'], message, 'write from and to');
    }
  }
  return resolveTraffic(context, deployment.traffic, new PacketSizeCheck(context, {})).traffic;
}

/**
 * Refuses a network with a node or link that a process without a coordinator cannot run.
 * @throws Refusal with the position of the node or link in its file.
 */
export function refuseIfNotStandalone(topology: Topology, registry: ProtocolLookup): void {
  const reason = findStandaloneObstacle(topology, registry);
  if (reason === undefined) return;
  const { position, words } = reason;
  throw new Refusal(`${position.file}:${position.line}:${position.column}  ${words}`);
}

/** Finds the first node or link that a process without a coordinator cannot run; returns the reason. */
export function findStandaloneObstacle(
  topology: Topology,
  registry: ProtocolLookup,
): { readonly position: SourcePosition; readonly words: string } | undefined {
  const stacks = makeProtocolStackFinder({ options: {} }, registry);
  for (const host of topology.hosts) {
    if (host.outside !== undefined) {
      return { position: host.position, words: `${host.name} is an outside program` };
    }
    for (const { protocol, options } of stacks(host)) {
      const publishes = protocol.provisioning?.publish !== undefined;
      const lack = publishes ? 'it publishes texts before a run' : undefined;
      const why = protocol.needsRun?.(options) ?? lack;
      if (why === undefined) continue;
      const words = `${host.name}: ${protocol.name} cannot run alone: ${why}`;
      return { position: host.position, words };
    }
  }
  const [cloud] = topology.clouds;
  if (cloud !== undefined) {
    return {
      position: cloud.position,
      words: `${cloud.id}: a cloud needs all its nodes in one process`,
    };
  }
  const planned = topology.links.find(
    ({ forward, backward }) => (forward.contacts ?? backward.contacts) !== undefined,
  );
  if (planned === undefined) return undefined;
  const words = 'contacts count from the time 0 of a run, which nodes that run alone do not share';
  return { position: planned.position, words: `${planned.id}: ${words}` };
}
