/**
 * A topology together with the file it was read from.
 *
 * @module
 */
import type { ValuePath } from '../files/locate.ts';
import type { ConfigSource } from '../files/source.ts';
import type { Topology } from '../model.ts';

/** A topology together with the file it came from. */
export interface LoadedTopology {
  readonly topology: Topology;
  readonly source: ConfigSource;
  /** Path of the topology inside the file. */
  readonly root: ValuePath;
  /** Absolute path of the user's module whose generator made nodes of this topology; absent if none did. */
  readonly module?: string;
  /** True if a generator drew it at random: then there are further networks of its kind. */
  readonly isDrawn?: boolean;
  /** The scenario's file, if it puts layers on the hosts. */
  readonly scenario?: ConfigSource;
}
