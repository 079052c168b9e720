/**
 * The interface to libraries of replicated state for `npm run bench -- vault`: each makes the same
 * writes, and merges them into a replica that has none of them.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { VaultWrite } from '../workloads/vault-writes.ts';

/** A replica into which all writes were merged. */
export interface MergedReplica {
  /** CPU time of the merge, microseconds. */
  readonly cpuUs: number;
  /** The value of each key. */
  readonly values: ReadonlyMap<string, Uint8Array>;
  /** Bytes that the replica keeps on its disk, by what it keeps. */
  readonly keptBytes: ReadonlyMap<string, number>;
}

/** The writes of all actors, made and encoded. */
export interface EncodedWrites {
  /** Bytes that another replica has to be sent. */
  readonly sentBytes: number;
  /** Merges all writes into a new replica at once, as fast as the library can. */
  merge(order: 'as written' | 'last actor first'): MergedReplica;
  /** Merges one write after the other, as they come from a network; absent if that is {@link merge}. */
  readonly mergeEach?: () => MergedReplica;
}

/** A subject of the benchmark: a library, or a variant of our own. */
export interface ReplicationSubject {
  readonly name: string;
  /** What it does not do. */
  readonly note: string;
  /** True if it keeps and sends as much as another subject, and only its rate is of interest. */
  readonly isModelled: boolean;
  write(writes: readonly VaultWrite[]): EncodedWrites;
}

/** A hash of all keys and values, equal in replicas that have converged. */
export function hashOfValues(values: MergedReplica['values']): string {
  const hash = createHash('sha256');
  for (const key of [...values.keys()].sort()) {
    hash.update(`${key}\0`).update(values.get(key) ?? new Uint8Array(0));
  }
  return hash.digest('hex');
}
