/**
 * Vault: the records of a replica on disk besides wrapped keys. The log has operations. The table has the snapshot that
 * the log continues, and the owner's decisions about peers. Neither contains a wrapped key, so that keys can be
 * deleted.
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import { readUint48, writeUint48 } from '../../_kit/bytes.ts';
import type { Item } from '../changes.ts';
import { entryOfOperation, type Operation } from '../operation.ts';
import type { ReceiptPlace } from '../receipt.ts';
import type { Replica } from '../replica.ts';
import { decodeSigned } from '../signed-operation.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../snapshot.ts';

/** Key of the snapshot in the table of the store; those of wrapped keys are hexadecimal. */
export const SNAPSHOT_KEY = 'snapshot';

/** Comes before the name of a peer in the key of a decision about it. */
const DECISION_PREFIX = 'peer/';

/** True for the key of a wrapped key, not of the snapshot or of a decision. */
export function isEntryKey(key: string): boolean {
  return key !== SNAPSHOT_KEY && !key.startsWith(DECISION_PREFIX);
}

/** The entry of the table for the owner's decision about a peer. */
export function encodeDecision(
  peer: string,
  isAllowed: boolean,
): { readonly key: string; readonly value: Uint8Array } {
  return { key: `${DECISION_PREFIX}${peer}`, value: Uint8Array.of(Number(isAllowed)) };
}

/** The owner's decisions about peers; one whose entry cannot be read counts as denied. */
export function restoreDecisions(disk: Pick<Store, 'keys' | 'get'>): ReadonlyMap<string, boolean> {
  const keys = disk.keys({ prefix: DECISION_PREFIX });
  return new Map(keys.map((key) => [key.slice(DECISION_PREFIX.length), disk.get(key)?.[0] === 1]));
}

/** Key of the place at which the chain of receipts continues, in the table of their store. */
export const RECEIPTS_KEY = 'next';
const SEQUENCE_BYTES = 6;
const HASH_BYTES = 32;

/** Encodes such a place. */
export function encodeReceiptPlace({ sequence, previousHash }: ReceiptPlace): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES + HASH_BYTES);
  writeUint48(bytes, 0, sequence);
  bytes.set(previousHash, SEQUENCE_BYTES);
  return bytes;
}

/** Decodes such a place; undefined if there is none. */
export function decodeReceiptPlace(bytes: Uint8Array | undefined): ReceiptPlace | undefined {
  if (bytes?.length !== SEQUENCE_BYTES + HASH_BYTES) return undefined;
  return { sequence: readUint48(bytes, 0), previousHash: bytes.slice(SEQUENCE_BYTES) };
}

/** Encodes a snapshot for the disk. */
export function encodeStoredSnapshot(snapshot: Snapshot): Uint8Array {
  const items = snapshot.items.map(({ operation }) => ({ operation, wrappedKey: null }));
  return encodeSnapshot({ ...snapshot, items });
}

/** An operation of this replica that its disk had. */
export interface RestoredOperation {
  readonly sequence: number;
  readonly isErase: boolean;
}

/** What a disk has, as {@link restoreReplica} reads it. */
export interface ReplicaDisk {
  get(key: string): Uint8Array | undefined;
  replay(visit: (record: Uint8Array) => void): void;
}

/** What {@link restoreReplica} found. */
export interface RestoredRecords {
  /** Number of records that cannot be read or do not fit. */
  readonly bad: number;
  /** The own operations of the log, and own erasures that the snapshot still shows, in ascending order. */
  readonly own: readonly RestoredOperation[];
}

/** Restores a new replica of the actor `name` from its disk. */
export function restoreReplica(replica: Replica, disk: ReplicaDisk, name: string): RestoredRecords {
  let bad = 0;
  const own: RestoredOperation[] = [];
  const withKey = ({ operation }: Pick<Item, 'operation'>): Item => {
    const entry = entryOfOperation(operation);
    return { operation, wrappedKey: entry === null ? null : (disk.get(entry) ?? null) };
  };
  const note = ({ actor, sequence, body }: Operation): void => {
    if (actor === name) own.push({ sequence, isErase: body.kind === 'erase' });
  };
  const stored = disk.get(SNAPSHOT_KEY);
  if (stored !== undefined) {
    const snapshot = decodeSnapshot(stored);
    const items = snapshot?.items.map(withKey) ?? [];
    if (snapshot === undefined || !replica.restoreSnapshot({ ...snapshot, items })) bad += 1;
    // Only erasures have to be confirmed by the others after a restart.
    for (const proof of snapshot?.proofs ?? []) {
      const decoded = decodeSigned(proof)?.operation;
      if (decoded?.body.kind === 'erase') note(decoded);
    }
    own.sort((one, other) => one.sequence - other.sequence);
  }
  disk.replay((record) => {
    const signed = record.slice();
    const operation = decodeSigned(signed)?.operation;
    // After a crash, the log may still have operations that are in the snapshot.
    const known = replica.clock().get(operation?.actor ?? '') ?? 0;
    if (operation !== undefined && operation.sequence <= known) return;
    if (operation === undefined || !replica.restore(withKey({ operation: signed }))) bad += 1;
    else note(operation);
  });
  return { bad, own };
}
