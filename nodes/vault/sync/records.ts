/**
 * Vault: what the disk of a replica has besides the wrapped keys: the operations of its log, and in its table a
 * snapshot, with which a log that was cut begins. Keys of values are no part of either, so that they can be deleted.
 *
 * @module
 */
import type { Item } from '../changes.ts';
import { entryOfOperation } from '../operation.ts';
import type { Replica } from '../replica.ts';
import { decodeSigned } from '../signed-operation.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../snapshot.ts';

/** Key of the snapshot in the table of the store; those of wrapped keys are hexadecimal. */
export const SNAPSHOT_KEY = 'snapshot';

/** Encodes a snapshot for the disk. */
export function encodeStoredSnapshot(snapshot: Snapshot): Uint8Array {
  const items = snapshot.items.map(({ operation }) => ({ operation, wrappedKey: null }));
  return encodeSnapshot({ ...snapshot, items });
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

/** What a disk has, as {@link restoreReplica} reads it. */
export interface ReplicaDisk {
  get(key: string): Uint8Array | undefined;
  replay(visit: (record: Uint8Array) => void): void;
}

/**
 * Makes a new replica what its disk says that it was.
 * @returns the number of records that cannot be read or do not fit.
 */
export function restoreReplica(replica: Replica, disk: ReplicaDisk): number {
  let bad = 0;
  const withKey = ({ operation }: Pick<Item, 'operation'>): Item => {
    const entry = entryOfOperation(operation);
    return { operation, wrappedKey: entry === null ? null : (disk.get(entry) ?? null) };
  };
  const stored = disk.get(SNAPSHOT_KEY);
  if (stored !== undefined) {
    const snapshot = decodeSnapshot(stored);
    const isTaken =
      snapshot !== undefined &&
      replica.restoreSnapshot({ ...snapshot, items: snapshot.items.map(withKey) });
    if (!isTaken) bad += 1;
  }
  disk.replay((record) => {
    const signed = record.slice();
    const operation = decodeSigned(signed)?.operation;
    // A crash may have kept the log that the snapshot stands for.
    const known = replica.clock().get(operation?.actor ?? '') ?? 0;
    if (operation !== undefined && operation.sequence <= known) return;
    if (operation === undefined || !replica.restore(withKey({ operation: signed }))) bad += 1;
  });
  return bad;
}
