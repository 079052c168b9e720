/**
 * What every part of the scenario loader needs.
 *
 * @module
 */
import { Connectivity } from '../../topologies/build/connectivity.ts';
import type { ConfigCode } from '../../topologies/files/config-error.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { type Problems, positionOf } from '../../topologies/files/problems.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { Source } from '../../topologies/files/source.ts';
import { hintNames } from '../../topologies/files/suggest.ts';
import type { SourcePosition, Topology } from '../../topologies/model.ts';

/** A scenario being resolved against its topology. */
export class ScenarioContext {
  readonly source: Source;
  readonly problems: Problems;
  readonly registry: Registry;
  readonly topology: Topology;
  readonly connectivity: Connectivity;
  readonly durationNs: number;
  readonly #nodes: ReadonlySet<string>;

  constructor(
    parts: Pick<ScenarioContext, 'source' | 'problems' | 'registry' | 'topology' | 'durationNs'>,
  ) {
    this.source = parts.source;
    this.problems = parts.problems;
    this.registry = parts.registry;
    this.topology = parts.topology;
    this.durationNs = parts.durationNs;
    this.connectivity = new Connectivity(parts.topology);
    this.#nodes = new Set(parts.topology.hosts.map((host) => host.name));
  }

  /** Notes a mistake at the value of an entry. */
  refuse(code: ConfigCode, path: FilePath, message: string, hint?: string): void {
    const words = hint === undefined ? { message } : { message, hint };
    this.problems.add(this.source, { code, path, part: 'value', ...words });
  }

  /** Notes a mistake at the key of an entry. */
  refuseKey(code: ConfigCode, path: FilePath, message: string, hint?: string): void {
    const words = hint === undefined ? { message } : { message, hint };
    this.problems.add(this.source, { code, path, part: 'key', ...words });
  }

  /** Where an entry stands. */
  position(path: FilePath): SourcePosition {
    return positionOf(this.source, path);
  }

  /** @returns true when the node exists; notes E106 otherwise. */
  checkNode(node: string, path: FilePath): boolean {
    if (this.#nodes.has(node)) return true;
    const file = this.topology.file.split('/').at(-1);
    const names = [...this.#nodes];
    const message = `node "${node}" is not in ${file}`;
    this.refuse('E106', path, message, hintNames(node, names, 'nodes'));
    return false;
  }
}
