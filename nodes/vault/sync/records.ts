/**
 * Vault: the records of a replica's log on disk: a snapshot, with which a log begins that was cut, or an operation. Keys of
 * values are no part of them, so that they can be deleted.
 *
 * @module
 */
import { concatBytes } from '../../_kit/bytes.ts';
import type { Item } from '../changes.ts';
import { entryOfOperation } from '../operation.ts';
import { decodeSigned } from '../signed-operation.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../snapshot.ts';

const OPERATION = 1;
const SNAPSHOT = 2;

/** A record as it was read, with the keys that the disk has. */
export type VaultRecord =
  | { readonly kind: 'operation'; readonly item: Item }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

/** Encodes the record of an operation. */
export function encodeOperationRecord(operation: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(OPERATION), operation);
}

/** Encodes the record of a snapshot. */
export function encodeSnapshotRecord(snapshot: Snapshot): Uint8Array {
  const items = snapshot.items.map(({ operation }) => ({ operation, wrappedKey: null }));
  return concatBytes(Uint8Array.of(SNAPSHOT), encodeSnapshot({ ...snapshot, items }));
}

/** The operations of `own` in a log. */
export function ownOperations(
  items: Iterable<Item>,
  own: string,
): { readonly sequence: number; readonly isErase: boolean }[] {
  const found: { readonly sequence: number; readonly isErase: boolean }[] = [];
  for (const item of items) {
    const operation = decodeSigned(item.operation)?.operation;
    if (operation?.actor !== own) continue;
    found.push({ sequence: operation.sequence, isErase: operation.body.kind === 'erase' });
  }
  return found;
}

/**
 * Decodes a record; undefined if it is none.
 * @param keyOf Finds the wrapped key of an entry on the disk.
 */
export function decodeRecord(
  record: Uint8Array,
  keyOf: (entry: string) => Uint8Array | undefined,
): VaultRecord | undefined {
  const withKey = (operation: Uint8Array): Item => {
    const entry = entryOfOperation(operation);
    return { operation, wrappedKey: entry === null ? null : (keyOf(entry) ?? null) };
  };
  const bytes = record.slice(1);
  if (record[0] === OPERATION) return { kind: 'operation', item: withKey(bytes) };
  const snapshot = record[0] === SNAPSHOT ? decodeSnapshot(bytes) : undefined;
  if (snapshot === undefined) return undefined;
  const items = snapshot.items.map(({ operation }) => withKey(operation));
  return { kind: 'snapshot', snapshot: { ...snapshot, items } };
}
