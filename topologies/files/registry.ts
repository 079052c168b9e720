/**
 * What the loaders need to know about protocols, metrics and the machine, supplied from outside, so that reading
 * files depends on no protocol and no platform.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { Machine } from './machine.ts';

/** Protocols and metrics that files may name. */
export interface ProtocolLookup {
  /** The machine on which scenarios are loaded and run. */
  readonly machine: Machine;
  /** @param name Folder name of a shipped protocol, or absolute path of a user's module. */
  protocols(name: string): Protocol | undefined;
  /** The exports of the user's module with this absolute path, which an option names; undefined if not loaded. */
  userModule?(path: string): unknown;
  /** Names of the protocols in nodes/, for suggestions. */
  readonly names: readonly string[];
  /** False for users' own protocols: an error in their code is reported as the user's mistake. */
  isShipped(name: string): boolean;
  /** Metrics measured by the runner itself. */
  readonly metrics: readonly MetricDefinition[];
}

/** Folders in which files are looked up by name. Absolute paths. */
export interface LookupFolders {
  readonly scenarios: string;
  readonly topologies: string;
}
