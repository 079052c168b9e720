/**
 * Vault: the messages of anti-entropy between replicas, in deterministic CBOR (RFC 8949 section 4.2.1). Each
 * is an array that begins with its kind and the name of the vault.
 *
 * @module
 */
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../_kit/cbor-fields.ts';
import type { Item } from './changes.ts';
import {
  ACTORS_MAX,
  NAME_BYTES_MAX,
  OPERATION_BYTES_MAX,
  SNAPSHOT_BYTES_MAX,
  WRAPPED_KEY_BYTES,
} from './geometry.ts';
import { DIGEST_BYTES, MESSAGE_ITEMS_MAX, SHORT_DIGEST_BYTES } from './sync/geometry.ts';
import type { TimeReport } from './sync/replica-time.ts';

const CLOCK = 1;
const ITEMS = 2;
const SNAPSHOT = 3;
const CLOCK_FIELDS = 10;

/** The head of a replica's chain of receipts, by which its peers later find receipts that were cut off. */
export interface ReceiptsHead {
  /** Number of receipts that the replica has made. */
  readonly count: number;
  /** SHA-256 of the last one; zeros if there is none. */
  readonly hash: Uint8Array;
}

/** A clock: what a replica has on its disk. */
export interface ClockMessage extends TimeReport {
  readonly kind: 'clock';
  /** For each actor, the number of its last operation. */
  readonly clock: ReadonlyMap<string, number>;
  /** The first bytes of the digest of the sender's state; replicas with equal clocks compare them. */
  readonly digest: Uint8Array;
  readonly receipts: ReceiptsHead;
  /** A timestamp that the receiver echoes in its next clock. */
  readonly mark: number;
}

/** A message from one replica to another. */
export type VaultMessage =
  | ClockMessage
  | { readonly kind: 'items'; readonly items: readonly Item[] }
  | { readonly kind: 'snapshot'; readonly snapshot: Uint8Array };

/** Encodes a message of the vault with this name. */
export function encodeVaultMessage(vaultId: string, message: VaultMessage): Uint8Array {
  const writer = new CborWriter();
  const begin = (fields: number, kind: number): void => {
    writer.array(fields + 2);
    writer.uint(kind);
    writer.text(vaultId);
  };
  switch (message.kind) {
    case 'clock':
      begin(8, CLOCK);
      writeClock(writer, message.clock);
      writer.uint(message.nowMs);
      writer.string(message.digest);
      writer.uint(message.receipts.count);
      writer.string(message.receipts.hash);
      writer.uint(message.mark);
      // Both are 0 without an echo: a mark is never 0.
      writer.uint(message.echo?.mark ?? 0);
      writer.uint(message.echo?.heldMs ?? 0);
      break;
    case 'items':
      begin(1, ITEMS);
      writer.array(message.items.length);
      for (const { operation, wrappedKey } of message.items) {
        writer.array(2);
        writer.string(operation);
        if (wrappedKey === null) writer.null();
        else writer.string(wrappedKey);
      }
      break;
    case 'snapshot':
      begin(1, SNAPSHOT);
      writer.string(message.snapshot);
  }
  return writer.taken();
}

/** Decodes a message of the vault with this name. @returns why it is dropped, if it is not one. */
export function decodeVaultMessage(
  vaultId: string,
  bytes: Uint8Array,
): VaultMessage | 'malformed-message' | 'other-vault' {
  const reader = new CborFieldReader(bytes);
  const fields = reader.array(CLOCK_FIELDS);
  const kind = reader.uint(SNAPSHOT);
  const id = reader.name(NAME_BYTES_MAX);
  if (reader.isSpoilt || fields !== (kind === CLOCK ? CLOCK_FIELDS : 3)) return 'malformed-message';
  if (id !== vaultId) return 'other-vault';
  const message = readBody(reader, kind);
  return message === undefined || !reader.isGood ? 'malformed-message' : message;
}

function readBody(reader: CborFieldReader, kind: number): VaultMessage | undefined {
  switch (kind) {
    case CLOCK:
      return {
        kind: 'clock',
        clock: readClock(reader),
        nowMs: reader.uint(),
        digest: reader.bytes(SHORT_DIGEST_BYTES, SHORT_DIGEST_BYTES),
        receipts: { count: reader.uint(), hash: reader.bytes(DIGEST_BYTES, DIGEST_BYTES) },
        mark: reader.uint(),
        echo: readEcho(reader),
      };
    case ITEMS: {
      const items: Item[] = [];
      for (let left = reader.array(MESSAGE_ITEMS_MAX); left > 0 && !reader.isSpoilt; left -= 1) {
        if (reader.array(2) !== 2) reader.spoil();
        const operation = reader.bytes(OPERATION_BYTES_MAX, 1);
        const wrappedKey = reader.isNull()
          ? null
          : reader.bytes(WRAPPED_KEY_BYTES, WRAPPED_KEY_BYTES);
        items.push({ operation, wrappedKey });
      }
      return { kind: 'items', items };
    }
    case SNAPSHOT:
      return { kind: 'snapshot', snapshot: reader.bytes(SNAPSHOT_BYTES_MAX, 1) };
    default:
      return undefined;
  }
}

function readEcho(reader: CborFieldReader): ClockMessage['echo'] {
  const echo = { mark: reader.uint(), heldMs: reader.uint() };
  return echo.mark === 0 ? undefined : echo;
}

function writeClock(writer: CborWriter, clock: ReadonlyMap<string, number>): void {
  writer.array(2 * clock.size);
  for (const [actor, sequence] of [...clock].sort(([left], [right]) => (left < right ? -1 : 1))) {
    writer.text(actor);
    writer.uint(sequence);
  }
}

function readClock(reader: CborFieldReader): ReadonlyMap<string, number> {
  const clock = new Map<string, number>();
  for (let left = reader.array(2 * ACTORS_MAX); left > 0 && !reader.isSpoilt; left -= 2) {
    const actor = reader.name(NAME_BYTES_MAX);
    if (clock.has(actor)) reader.spoil();
    clock.set(actor, reader.uint());
  }
  return clock;
}
