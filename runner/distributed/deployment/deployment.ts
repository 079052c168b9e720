/**
 * Deployment files, which assign the nodes of a topology to machines.
 *
 * ```yaml
 * coordinator: 192.0.2.10:7000        # the nodes find it here
 * keys: keys                          # a folder: public.keys, and the secret of this process
 * hosts:                              # nodes that are not on loopback of one machine
 *   gateway-111: 192.0.2.11
 *   gateway-211: { address: 192.0.2.12, operator: { port: 9100 } }
 * shape: off                          # the real network; links: as the topology says
 * log: warn,gateway:debug             # read again on SIGHUP
 * traffic:                            # of nodes that run alone (alone-deployment.ts)
 *   - { from: gateway-111, to: gateway-211, kind: constant, rate: 1/s, size: 100B }
 * ```
 *
 * This module reads and checks files; it starts nothing. All mistakes are reported together, each with
 * its place in the file.
 *
 * @module
 */

import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { assert } from '../../../engine/core/assert.ts';
import { areSecretsEqual } from '../../../nodes/_kit/secrets.ts';
import type { TrafficInput } from '../../../scenarios/files/traffic-schema.ts';
import { nodeFiles } from '../../../scenarios/open/node-files.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import type { EntryPart, ValuePath } from '../../../topologies/files/locate.ts';
import { ConfigIssueCollector } from '../../../topologies/files/problems.ts';
import { type ConfigSource, displayPath, readSource } from '../../../topologies/files/source.ts';
import { unknownNameHint } from '../../../topologies/files/suggest.ts';
import type { PathMistake } from '../../../topologies/files/zod-words.ts';
import { missingFileError } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { type DeploymentKeys, type KeyHolder, readKeys } from './deployment-keys.ts';
import {
  COORDINATOR_MISSING,
  type DeploymentInput,
  deploymentSchema,
  type HostPort,
} from './deployment-schema.ts';

export { type KeyHolder, makeKeys } from './deployment-keys.ts';

const LIMIT_BYTES = 1e6;
const TOO_LARGE_HINT = 'one line per node is enough';

/** The machine on which a node runs. */
export interface DeployedHost {
  /** IPv4 address of the machine. */
  readonly address: string;
  /** TCP port of its operator endpoint, on loopback of its machine. */
  readonly operatorPort?: number;
}

/** A checked deployment. Printing it shows no key. */
export class Deployment {
  readonly file: string;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
  readonly shape: 'links' | 'off';
  /** Log levels of nodes, in the form of the variable ORRERY_LOG. */
  readonly log: string | undefined;
  /** The nodes that the file names; all others run where the topology places them. */
  readonly hosts: ReadonlyMap<string, DeployedHost>;
  /** Traffic of nodes that run alone, not yet checked against the topology. */
  readonly traffic: readonly TrafficInput[];
  readonly #coordinator: HostPort | undefined;
  readonly #keys: DeploymentKeys;

  constructor(
    parts: Pick<Deployment, 'file' | 'sha256' | 'shape' | 'log' | 'hosts' | 'traffic' | 'keys'> & {
      readonly coordinator: HostPort | undefined;
    },
  ) {
    this.file = parts.file;
    this.sha256 = parts.sha256;
    this.#coordinator = parts.coordinator;
    this.shape = parts.shape;
    this.log = parts.log;
    this.hosts = parts.hosts;
    this.traffic = parts.traffic;
    this.#keys = parts.keys;
  }

  /**
   * Where the coordinator listens. Files without it are refused, except for a node that runs alone,
   * which must not call this.
   */
  get coordinator(): HostPort {
    assert(this.#coordinator !== undefined, 'a node that runs alone has no coordinator');
    return this.#coordinator;
  }

  /** The secret key of this process, and all public keys. */
  get keys(): DeploymentKeys {
    return this.#keys;
  }

  /** Names of the settings that differ from those of another deployment, without log levels. */
  differencesFrom(other: Deployment): readonly string[] {
    const settings = (one: Deployment): Record<string, string> => ({
      coordinator: JSON.stringify(one.#coordinator) ?? '',
      shape: one.shape,
      hosts: JSON.stringify([...one.hosts]),
      traffic: JSON.stringify(one.traffic),
    });
    const ours = settings(this);
    const theirs = settings(other);
    const names = Object.keys(ours).filter((name) => ours[name] !== theirs[name]);
    return areSecretsEqual(this.#keys.secret, other.#keys.secret) ? names : [...names, 'keys'];
  }

  /** The topology, with its nodes at the addresses of this deployment. */
  place(topology: Topology): Topology {
    const hosts = topology.hosts.map((host) => {
      const address = this.hosts.get(host.name)?.address;
      return address === undefined ? host : { ...host, address };
    });
    return { ...topology, hosts };
  }
}

/**
 * Loads a deployment file with its keys and checks everything against the topology.
 *
 * @param path Relative to the working folder.
 * @param role The role whose secret key is needed.
 * @throws ConfigError that names every mistake.
 */
export function loadDeployment(path: string, topology: Topology, role: KeyHolder): Deployment {
  const { deployment, problems } = readDeployment(path, topology, role);
  problems.throwIfAny();
  if (deployment === undefined) throw new ConfigError([]);
  return deployment;
}

/** A deployment file that was read, and the problems found so far; further checks may add problems. */
export interface DeploymentReadResult {
  readonly source: ConfigSource;
  readonly problems: ConfigIssueCollector;
  /** Folder of the keys, absolute. */
  readonly keysFolder: string;
  /** Undefined if the file has a problem. */
  readonly deployment: Deployment | undefined;
}

/**
 * Like {@link loadDeployment}, but returns the problems of the file instead of throwing them.
 * @throws ConfigError if there is no file, or no YAML in it.
 */
export function readDeployment(
  path: string,
  topology: Topology,
  role: KeyHolder,
): DeploymentReadResult {
  const place = resolve(path);
  if (!existsSync(place) || !statSync(place).isFile()) {
    throw missingFileError(`there is no deployment file ${displayPath(place, nodeFiles)}`);
  }
  const limits = { limitBytes: LIMIT_BYTES, tooLargeHint: TOO_LARGE_HINT };
  const source = readSource(place, { ...limits, files: nodeFiles, overrides: [] });
  const problems = new ConfigIssueCollector();
  const input = problems.check(source, deploymentSchema, source.data);
  const keysFolder = resolve(dirname(source.path), input?.keys ?? '');
  const deployment =
    input === undefined ? undefined : new Checker(source, topology, problems).check(input, role);
  return { source, problems, keysFolder, deployment };
}

/** Checks the entries against each other and against the topology. */
class Checker {
  readonly #source: ConfigSource;
  readonly #topology: Topology;
  readonly #problems: ConfigIssueCollector;

  constructor(source: ConfigSource, topology: Topology, problems: ConfigIssueCollector) {
    this.#source = source;
    this.#topology = topology;
    this.#problems = problems;
  }

  check(input: DeploymentInput, role: KeyHolder): Deployment | undefined {
    const { file, path, sha256 } = this.#source;
    if (input.coordinator === undefined && role.kind !== 'alone') {
      this.#refuse(['coordinator'], { code: 'E121', message: COORDINATOR_MISSING });
    }
    const keys = this.#readKeys(resolve(dirname(path), input.keys), role);
    const hosts = this.#readHosts(input.hosts ?? {});
    this.#checkNeighboursReachable(hosts);
    this.#checkPorts(hosts);
    if (keys === undefined) return undefined;
    const { coordinator, shape = 'links', log, traffic = [] } = input;
    return new Deployment({ file, sha256, coordinator, shape, log, hosts, traffic, keys });
  }

  #readKeys(folder: string, role: KeyHolder): DeploymentKeys | undefined {
    const names = this.#topology.hosts.map((host) => host.name);
    const result = readKeys(folder, role, names);
    if ('secret' in result) return result;
    this.#refuse(['keys'], result);
    return undefined;
  }

  #readHosts(hosts: NonNullable<DeploymentInput['hosts']>): ReadonlyMap<string, DeployedHost> {
    const names = this.#topology.hosts.map((host) => host.name);
    const read = new Map<string, DeployedHost>();
    for (const [name, entry] of Object.entries(hosts)) {
      if (!names.includes(name)) {
        const message = `"${name}" is not a node of ${this.#topology.file}`;
        const hint = unknownNameHint(name, names, 'nodes');
        this.#refuse(['hosts', name], { code: 'E106', message, hint }, 'key');
      }
      const host = hostOf(entry);
      if (!isUnicast(host.address)) {
        const message = `${host.address} is not an address to which neighbours could send`;
        const hint = 'write the address of the machine on which the node runs';
        this.#refuse(['hosts', name], { code: 'E104', message, hint });
      }
      read.set(name, host);
    }
    if (read.size > 0 && this.#topology.addressPlan === 'ports') {
      const message = 'nodes cannot be moved: the topology has addressPlan: ports, on 127.0.0.1';
      const hint = 'use addressPlan: loopback in the topology';
      this.#refuse(['hosts'], { code: 'E112', message, hint }, 'key');
    }
    return read;
  }

  /**
   * Reports neighbours of which one is on loopback and the other on a network, because they cannot
   * reach each other.
   */
  #checkNeighboursReachable(hosts: ReadonlyMap<string, DeployedHost>): void {
    const told = new Set<string>();
    for (const group of neighbours(this.#topology)) {
      const moved = group.find((name) => isOnNetwork(hosts.get(name)?.address));
      if (moved === undefined) continue;
      for (const name of group) {
        if (told.has(name) || isOnNetwork(this.#addressOf(name, hosts))) continue;
        told.add(name);
        const at = hosts.get(moved)?.address;
        const message = `${name} stays on loopback, its neighbour ${moved} is at ${at}`;
        const hint = `add ${name} with the address of its machine`;
        const isNamed = hosts.has(name);
        this.#refuse(['hosts', isNamed ? name : moved], { code: 'E123', message, hint }, 'key');
      }
    }
  }

  /** Reports ports that two nodes of one machine would both use. */
  #checkPorts(hosts: ReadonlyMap<string, DeployedHost>): void {
    const owners = new Map<string, string>();
    const claim = (name: string, what: string, port: number): void => {
      const { address } = hosts.get(name) ?? {};
      if (address === undefined) return;
      const place = `${address}, ${what} ${port}`;
      const owner = owners.get(place);
      if (owner === undefined) {
        owners.set(place, name);
      } else if (owner !== name) {
        const message = `${name} and ${owner} both want ${place}`;
        const hint = 'give each node an address of its own';
        this.#refuse(['hosts', name], { code: 'E113', message, hint });
      }
    };
    for (const { host, port } of attachments(this.#topology)) claim(host, 'UDP port', port);
    for (const [name, { operatorPort }] of hosts) {
      if (operatorPort !== undefined) claim(name, 'operator port', operatorPort);
    }
  }

  #addressOf(name: string, hosts: ReadonlyMap<string, DeployedHost>): string | undefined {
    const moved = hosts.get(name)?.address;
    return moved ?? this.#topology.hosts.find((host) => host.name === name)?.address;
  }

  #refuse(
    path: ValuePath,
    mistake: Pick<PathMistake, 'code' | 'message' | 'hint'>,
    part: EntryPart = 'value',
  ): void {
    this.#problems.add(this.#source, { ...mistake, path, part });
  }
}

function hostOf(entry: NonNullable<DeploymentInput['hosts']>[string]): DeployedHost {
  if (typeof entry === 'string') return { address: entry };
  const { address, operator } = entry;
  return operator === undefined ? { address } : { address, operatorPort: operator.port };
}

function isOnNetwork(address: string | undefined): boolean {
  return address !== undefined && !address.startsWith('127.');
}

/**
 * True for a unicast address: not "this network", not multicast, not broadcast (RFC 1122 section
 * 3.2.1.3).
 */
function isUnicast(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return first > 0 && first < 224;
}

/** Names of the hosts of each link and each segment. */
function neighbours({ links, segments }: Topology): readonly (readonly string[])[] {
  return [
    ...links.map(({ a, b }) => [a.host, b.host]),
    ...segments.map(({ members }) => members.map(({ host }) => host)),
  ];
}

/** Every UDP port on which a host receives from a link or a segment. */
function attachments({
  links,
  segments,
}: Topology): readonly { readonly host: string; readonly port: number }[] {
  return [...links.flatMap(({ a, b }) => [a, b]), ...segments.flatMap(({ members }) => members)];
}
