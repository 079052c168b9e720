/**
 * What the loaders need to know about protocols and metrics, supplied from outside, so that reading
 * files depends on no protocol.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';

/** Protocols and metrics that files may name. */
export interface ProtocolLookup {
  /** @param name Folder name of a shipped protocol, or absolute path of a user's module. */
  protocols(name: string): Protocol | undefined;
  /** What the module exports that an option names by this absolute path; undefined if it was not loaded. */
  userModule?(path: string): unknown;
  /** Names of the protocols in nodes/, for suggestions. */
  readonly names: readonly string[];
  /** False for protocols of others: what goes wrong in their code is their mistake. */
  isShipped(name: string): boolean;
  /** Metrics measured by the runner itself. */
  readonly metrics: readonly MetricDefinition[];
}

/** Folders in which files are looked up by name. Absolute paths. */
export interface LookupFolders {
  readonly scenarios: string;
  readonly topologies: string;
}
