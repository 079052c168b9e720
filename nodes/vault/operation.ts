/**
 * Vault: operations, the payloads of signed messages in deterministic CBOR (RFC 8949 section 4.2.1):
 *
 * ```text
 * [1, vault, actor, sequence, [ms, logical, actor], kind, key, body, hash]
 * ```
 *
 * `sequence` counts the operations of the actor from 1; `hash` is the SHA-256 of the payload of the actor's previous
 * operation, 32 zeros in the first one. For `kind` and `body` see `operation-body.ts`.
 *
 * @module
 */
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../_kit/cbor-fields.ts';
import { OPERATION_KINDS } from './changes.ts';
import { decodeCoseSign1 } from './cose-sign1.ts';
import { compareStamps, type Stamp } from './crdt/stamp.ts';
import { decodeSealed, entryIdIn } from './entry-keys.ts';
import { HASH_BYTES, KEY_BYTES_MAX, NAME_BYTES_MAX, VAULT_FORMAT_VERSION } from './geometry.ts';
import {
  type OperationBody,
  readBody,
  readKind,
  readStamp,
  writeBody,
  writeStamp,
} from './operation-body.ts';

const ITEMS = 9;

/** The content of an operation, which its actor signs. */
export interface Operation {
  readonly vaultId: string;
  readonly actor: string;
  /** Number among the operations of the actor, from 1. */
  readonly sequence: number;
  /** Its third part is the actor. */
  readonly stamp: Stamp;
  readonly key: string;
  readonly body: OperationBody;
  /** SHA-256 of the payload of the actor's previous operation. */
  readonly previousHash: Uint8Array;
}

/** Encodes an operation. The caller keeps all fields within their bounds; nothing is checked. */
export function encodeOperation(operation: Operation): Uint8Array {
  const writer = new CborWriter();
  writer.array(ITEMS);
  writer.uint(VAULT_FORMAT_VERSION);
  writer.text(operation.vaultId);
  writer.text(operation.actor);
  writer.uint(operation.sequence);
  writeStamp(writer, operation.stamp);
  writer.uint(OPERATION_KINDS.indexOf(operation.body.kind));
  writer.text(operation.key);
  writeBody(writer, operation.body);
  writer.string(operation.previousHash);
  return writer.taken();
}

/** Decodes an operation; undefined if it is malformed, or one that no correct actor makes. */
export function decodeOperation(payload: Uint8Array): Operation | undefined {
  const fields = new CborFieldReader(payload);
  if (fields.array(ITEMS) !== ITEMS || fields.uint() !== VAULT_FORMAT_VERSION) return undefined;
  const vaultId = fields.name(NAME_BYTES_MAX);
  const actor = fields.name(NAME_BYTES_MAX);
  const sequence = fields.uint();
  const stamp = readStamp(fields);
  const kind = readKind(fields);
  const key = fields.name(KEY_BYTES_MAX);
  const body = readBody(fields, kind);
  const previousHash = fields.bytes(HASH_BYTES, HASH_BYTES);
  if (!fields.isGood || sequence === 0 || stamp[2] !== actor) return undefined;
  const operation = { vaultId, actor, sequence, stamp, key, body, previousHash };
  return isSound(operation) ? operation : undefined;
}

/** True if a value is sealed, and erasures that were seen are older than the operation. */
function isSound({ stamp, body }: Operation): boolean {
  const value = sealedValueOf(body);
  if (value !== null && decodeSealed(value) === undefined) return false;
  return !('erasures' in body) || body.erasures.every((seen) => compareStamps(seen, stamp) < 0);
}

/** The sealed value in an operation; null if there is none. */
function sealedValueOf(body: OperationBody): Uint8Array | null {
  return body.kind === 'write' || body.kind === 'write-field' ? body.value : null;
}

/** Id of the entry with the sealed value in an operation, a view; null if it has none. */
export function entryIdOf(body: OperationBody): Uint8Array | null {
  const value = sealedValueOf(body);
  return value === null ? null : entryIdIn(value);
}

/** The name of an operation, unique in the vault. */
export function nameOf({ actor, sequence }: Pick<Operation, 'actor' | 'sequence'>): string {
  return `${actor}/${sequence}`;
}

/**
 * Name of the entry with the sealed value in an operation; null if it has none. The entry is named after the operation,
 * since another actor could copy an id inside the value.
 */
export function entryOf(operation: Operation): string | null {
  return sealedValueOf(operation.body) === null ? null : nameOf(operation);
}

/** Like {@link entryOf}, for an operation as it is stored; null also if it is malformed. */
export function entryOfOperation(signed: Uint8Array): string | null {
  const message = decodeCoseSign1(signed);
  const operation = message === undefined ? undefined : decodeOperation(message.payload);
  return operation === undefined ? null : entryOf(operation);
}
