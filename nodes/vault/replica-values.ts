/**
 * Vault: what an application reads from a replica, with values decrypted.
 *
 * @module
 */
import type { AppliedOperation } from './applied-operation.ts';
import type { Dot } from './crdt/or-set.ts';
import { compareNames } from './crdt/stamp.ts';
import type { VaultState } from './crdt/vault-state.ts';
import { compareWrites, type Write } from './crdt/write.ts';
import { decodeSealed, type EntryKeys } from './entry-keys.ts';

type Written = Write<AppliedOperation>;

/** Reads the state of a replica. */
export class ReplicaValues {
  readonly #state: VaultState<AppliedOperation>;
  readonly #keys: EntryKeys;
  readonly #vaultId: string;

  constructor(state: VaultState<AppliedOperation>, keys: EntryKeys, vaultId: string) {
    this.#state = state;
    this.#keys = keys;
    this.#vaultId = vaultId;
  }

  /** The value of a register; `erased` if it was erased, or its key is lost; null if there is none. */
  get(key: string): Uint8Array | null | 'erased' {
    const write = this.#state.registers.get(key);
    if (write === undefined) return this.hasErased(key) ? 'erased' : null;
    if (write.value === null) return null;
    return this.#opened(write, { key }) ?? 'erased';
  }

  /** The value of a counter. */
  count(key: string): number {
    return this.#state.counters.get(key)?.value ?? 0;
  }

  /** The texts in a set, sorted. */
  elements(key: string): readonly string[] {
    return [...(this.#state.sets.get(key)?.entries.keys() ?? [])].sort(compareNames);
  }

  /** The fields of a map, sorted, with values; null for a value whose key is lost. */
  fields(key: string): ReadonlyMap<string, Uint8Array | null> {
    const entries = [...(this.#state.maps.get(key)?.entries ?? [])].sort(([left], [right]) =>
      compareNames(left, right),
    );
    return new Map(
      entries.map(([field, dots]) => [field, this.#opened(latest(dots), { key, field }) ?? null]),
    );
  }

  /** True if the register or map was ever erased. */
  hasErased(key: string): boolean {
    return this.#state.erasuresOf(key).size > 0;
  }

  #opened(
    { value, source }: Written,
    place: { readonly key: string; readonly field?: string },
  ): Uint8Array | undefined {
    const { wrappedKey, sequence } = source;
    const sealed = value === null ? undefined : decodeSealed(value);
    if (sealed === undefined || wrappedKey === null) return undefined;
    return this.#keys.open(
      { ...sealed, wrappedKey },
      { ...place, vaultId: this.#vaultId, version: sequence },
    );
  }
}

/** The write with the largest stamp; there is at least one. */
function latest(dots: readonly Dot<Written>[]): Written {
  return dots.reduce((left, right) => (compareWrites(left.value, right.value) >= 0 ? left : right))
    .value;
}
