/**
 * The effect of SIGHUP on a node of a deployment: the node reads topology and deployment file
 * again. New log levels, and options that can change while the node runs, apply at once; every
 * other difference is logged, because it takes effect only at the next start.
 *
 * A file with mistakes changes nothing. No output contains keys.
 *
 * @module
 */
import type { Deployment } from '../runner/distributed/deployment/deployment.ts';
import type { ReconfigureResult } from '../runner/nodes/reconfigure.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import type { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type OperatorLog, parseLogLevels, type ReloadResult } from '../services/operator/index.ts';
import { loadTopology } from '../topologies/load.ts';
import type { HostSpec, Topology } from '../topologies/model.ts';

/** The files that a node was started with, as they were read then. */
export interface NodeStartFiles {
  /** Name of the node. */
  readonly name: string;
  readonly registry: ProtocolRegistry;
  /** Path of the topology file. */
  readonly topologyFile: string;
  readonly topology: Topology;
  readonly deployment: Deployment;
  /**
   * Reads the deployment file again.
   * @throws ConfigError that names every mistake.
   */
  readonly loadDeployment: (topology: Topology) => Deployment;
}

/** Gives a running node the options of its file; returns undefined if the node is not running. */
export type ChangeNodeOptions = (
  node: string,
  options: Readonly<Record<string, unknown>>,
) => Pick<ReconfigureResult, 'outcome' | 'applied' | 'needsRestart'> | undefined;

const NO_LEVELS = 'info';

/**
 * Reads the files of a running node again on request, and applies what can change while the node
 * runs.
 */
export class NodeFiles {
  readonly #started: NodeStartFiles;
  /** The log levels in force, in the format of the deployment file. */
  #levels: string;

  constructor(started: NodeStartFiles) {
    this.#started = started;
    this.#levels = started.deployment.log ?? NO_LEVELS;
  }

  /**
   * Reads the files and applies what can change while the node runs; does not throw if files have
   * mistakes.
   */
  reread(log: OperatorLog, change: ChangeNodeOptions): ReloadResult {
    const { name, topologyFile, registry, loadDeployment } = this.#started;
    try {
      const request = { path: topologyFile, folders: SHIPPED_FILE_FOLDERS, registry };
      const topology = loadTopology(request);
      const deployment = loadDeployment(topology);
      const [before, after] = [hostOf(this.#started.topology, name), hostOf(topology, name)];
      const isSame = after?.protocol === before?.protocol;
      const changed = after !== undefined && isSame ? change(name, after.options) : undefined;
      const own = (option: string): string => `${name}.options.${option}`;
      const isTaken = changed !== undefined && changed.outcome !== 'bad-options';
      const all = isTaken ? Object.keys({ ...before?.options, ...after?.options }) : [];
      const waits = new Set(changed?.needsRestart);
      const done = new Set(all.filter((option) => !waits.has(option)).map(own));
      const needsRestart = this.#differences(topology, deployment, done);
      const applied = this.#apply(deployment, log);
      return { applied: [...applied, ...(changed?.applied.map(own) ?? [])], needsRestart };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { applied: [], needsRestart: [], error: message };
    }
  }

  #apply({ log: levels = NO_LEVELS }: Deployment, log: OperatorLog): readonly string[] {
    if (levels === this.#levels) return [];
    const applied = `log: ${this.#levels} -> ${levels}`;
    log.replaceLevels(parseLogLevels(levels));
    this.#levels = levels;
    return [applied];
  }

  /**
   * Lists the differences between the files as they were at the start and as they are now.
   * @param done Settings of the node that are in force already.
   */
  #differences(
    topology: Topology,
    deployment: Deployment,
    done: ReadonlySet<string>,
  ): readonly string[] {
    const { name, topology: before, deployment: running } = this.#started;
    const settings = deployment.differencesFrom(running);
    const parts = topologyDifferences(before, topology, name).filter((part) => !done.has(part));
    return [
      ...settings.map((setting) => `${running.file}: ${setting}`),
      ...parts.map((part) => `${before.file}: ${part}`),
    ];
  }
}

/**
 * What differs between two versions of the topology: settings of the node itself or, if these are equal, one text
 * for all other parts.
 */
function topologyDifferences(before: Topology, after: Topology, name: string): readonly string[] {
  if (before.sha256 === after.sha256) return [];
  const own = hostDifferences(hostOf(before, name), hostOf(after, name));
  if (own.length > 0) return own.map((setting) => `${name}.${setting}`);
  // Any other change of the file counts, even one in a comment, because a coordinator compares the
  // bytes of the file.
  return ['other nodes, links or comments'];
}

function hostOf({ hosts }: Topology, name: string): HostSpec | undefined {
  return hosts.find((host) => host.name === name);
}

function hostDifferences(before: HostSpec | undefined, after: HostSpec | undefined): string[] {
  if (before === undefined || after === undefined) return ['it is no longer a node'];
  const [ours, theirs] = [settingsOf(before), settingsOf(after)];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].filter((name) => ours[name] !== theirs[name]).sort();
}

/** Each setting of a host as text that can be compared. */
function settingsOf(host: HostSpec): Readonly<Record<string, string>> {
  const { protocol, address, area = '', options } = host;
  const ofOptions = Object.entries(options).map(([option, value]) => [
    `options.${option}`,
    JSON.stringify(value),
  ]);
  return { run: protocol, address, as: area, ...Object.fromEntries(ofOptions) };
}
