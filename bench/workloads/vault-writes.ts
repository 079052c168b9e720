/**
 * The writes of `npm run bench -- vault`: 10,000 values of 32 random bytes to 1,000 keys by three
 * actors in turn, none of whom receives the writes of the others. The bytes are random, since a
 * library that compresses would gain from any others.
 *
 * @module
 */
import { WorkloadRandom } from './xoshiro-below.ts';

/** Number of actors. */
export const ACTORS = 3;
/** Number of writes. */
export const WRITES = 10_000;
/** Number of keys, each of which is written. */
export const KEYS = 1_000;
const VALUE_BYTES = 32;
const BYTE_VALUES = 256;

/** A write of one key. */
export interface VaultWrite {
  /** The actor that writes, from 0 to {@link ACTORS} - 1. */
  readonly actor: number;
  readonly key: string;
  readonly value: Uint8Array;
}

/** The writes, in the order in which they are made; the same in each process. */
export function vaultWrites(): readonly VaultWrite[] {
  const random = new WorkloadRandom();
  return Array.from({ length: WRITES }, (_, index) => ({
    actor: index % ACTORS,
    key: `key-${index < KEYS ? index : random.below(KEYS)}`,
    value: Uint8Array.from({ length: VALUE_BYTES }, () => random.below(BYTE_VALUES)),
  }));
}
