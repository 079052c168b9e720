/**
 * Vault: receipts. A node signs one for each access to its data; each contains the hash of the one before. They are
 * COSE_Sign1 messages (RFC 9052 section 4.2, see `cose-sign1.ts`) whose payload is a map in deterministic CBOR:
 *
 * ```text
 * {1: vault, 2: sequence, 3: operation, 4: key, 5: SHA-256 of the value or null, 6: success,
 *  7: time (Unix ms), 8: requester, 9: SHA-256 of the receipt before, 32 zeros in the first one}
 * ```
 *
 * Anybody with the public key can detect receipts that were changed, exchanged, inserted, or removed from the middle. A
 * loss of the newest ones is detected only with a hash that a witness has kept. The hash of a value that is easy to
 * guess would reveal it: for erasable values, the ciphertext is hashed.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { CBOR_MAP } from '../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { equalBytes } from '../_kit/bytes.ts';
import { CborFieldReader } from '../_kit/cbor-fields.ts';
import { CoseVerifier, decodeCoseSign1 } from './cose-sign1.ts';
import { HASH_BYTES, KEY_BYTES_MAX, NAME_BYTES_MAX, RECEIPT_BYTES_MAX } from './geometry.ts';

/** Separates signatures of receipts from those of anything else. */
export const RECEIPT_AAD: Uint8Array = new TextEncoder().encode('orrery/vault/1/receipt');
/** The previous hash in the first receipt of a chain. */
export const NO_RECEIPT_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

const FIELDS = 9;

/** Operations that receipts name, in the order of their numbers. */
export const RECEIPT_OPERATIONS = ['read', 'write', 'delete', 'increment', 'erase'] as const;
/** See {@link RECEIPT_OPERATIONS}. */
export type ReceiptOperation = (typeof RECEIPT_OPERATIONS)[number];

/** What a receipt says. */
export interface Receipt {
  readonly vaultId: string;
  /** Number in the chain, from 0. */
  readonly sequence: number;
  readonly operation: ReceiptOperation;
  readonly key: string;
  /** SHA-256 of the value, or of its ciphertext if it can be erased; null if there is none. */
  readonly valueHash: Uint8Array | null;
  readonly isSuccess: boolean;
  /** Unix ms. */
  readonly timeMs: number;
  /** Name of the node that asked for the access. */
  readonly requester: string;
  /** SHA-256 of the previous receipt; {@link NO_RECEIPT_HASH} in the first one. */
  readonly previousHash: Uint8Array;
}

/** Encodes the payload of a receipt. The caller keeps all fields within their bounds. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const writer = new CborWriter();
  writer.head(CBOR_MAP, FIELDS);
  writer.uint(1);
  writer.text(receipt.vaultId);
  writer.uint(2);
  writer.uint(receipt.sequence);
  writer.uint(3);
  writer.uint(RECEIPT_OPERATIONS.indexOf(receipt.operation));
  writer.uint(4);
  writer.text(receipt.key);
  writer.uint(5);
  if (receipt.valueHash === null) writer.null();
  else writer.string(receipt.valueHash);
  writer.uint(6);
  writer.boolean(receipt.isSuccess);
  writer.uint(7);
  writer.uint(receipt.timeMs);
  writer.uint(8);
  writer.text(receipt.requester);
  writer.uint(9);
  writer.string(receipt.previousHash);
  return writer.taken();
}

/** Decodes a signed receipt without verifying it; undefined if it is malformed. */
export function decodeReceipt(signed: Uint8Array): Receipt | undefined {
  const message = signed.length > RECEIPT_BYTES_MAX ? undefined : decodeCoseSign1(signed);
  if (message === undefined) return undefined;
  const fields = new CborFieldReader(message.payload);
  if (fields.map(FIELDS) !== FIELDS) return undefined;
  const label = (number: number): void => {
    if (fields.uint() !== number) fields.spoil();
  };
  label(1);
  const vaultId = fields.name(NAME_BYTES_MAX);
  label(2);
  const sequence = fields.uint();
  label(3);
  const operation = fields.word(RECEIPT_OPERATIONS);
  label(4);
  const key = fields.name(KEY_BYTES_MAX);
  label(5);
  const valueHash = fields.isNull() ? null : fields.bytes(HASH_BYTES, HASH_BYTES);
  label(6);
  const isSuccess = fields.boolean();
  label(7);
  const timeMs = fields.uint();
  label(8);
  const requester = fields.name(NAME_BYTES_MAX);
  label(9);
  const previousHash = fields.bytes(HASH_BYTES, HASH_BYTES);
  return fields.isGood
    ? { vaultId, sequence, operation, key, valueHash, isSuccess, timeMs, requester, previousHash }
    : undefined;
}

/** A place in a chain of receipts, where it begins or continues. */
export interface ReceiptPlace {
  /** Number of the next receipt. */
  readonly sequence: number;
  /** SHA-256 of the receipt before it. */
  readonly previousHash: Uint8Array;
}

/** What is wrong with a chain of receipts. */
export type ReceiptFault =
  | 'malformed'
  | 'bad-signature'
  | 'wrong-vault'
  | 'wrong-sequence'
  | 'broken-chain'
  | 'truncated';

/** The result of a verification; `at` is the index of the first receipt that does not fit. */
export type ReceiptVerdict =
  | { readonly kind: 'intact'; readonly head: Uint8Array }
  | { readonly kind: 'broken'; readonly at: number; readonly fault: ReceiptFault };

/** What a chain of receipts is verified against. */
export interface ReceiptCheck {
  /** Ed25519 public key of the node. */
  readonly publicKey: Uint8Array;
  readonly vaultId: string;
  /** Hash of a receipt that a witness has seen; without it, a loss of the newest receipts is not detected. */
  readonly witnessHead?: Uint8Array;
  /** Where the chain begins, if older receipts were dropped. */
  readonly start?: ReceiptPlace;
  readonly crypto: CryptoProvider;
}

/** Verifies a chain of receipts, the oldest first. */
export function verifyReceipts(
  chain: readonly Uint8Array[],
  { publicKey, vaultId, witnessHead, start, crypto }: ReceiptCheck,
): ReceiptVerdict {
  const verifier = new CoseVerifier(publicKey, RECEIPT_AAD, crypto);
  const first = start ?? { sequence: 0, previousHash: NO_RECEIPT_HASH };
  let head = first.previousHash;
  let isWitnessed = witnessHead === undefined || equalBytes(witnessHead, head);
  for (const [at, signed] of chain.entries()) {
    const place = { sequence: first.sequence + at, previousHash: head };
    const fault = checkReceipt(signed, { verifier, vaultId, place });
    if (fault !== undefined) return { kind: 'broken', at, fault };
    head = crypto.sha256(signed);
    if (witnessHead !== undefined && equalBytes(witnessHead, head)) isWitnessed = true;
  }
  return isWitnessed
    ? { kind: 'intact', head }
    : { kind: 'broken', at: chain.length, fault: 'truncated' };
}

function checkReceipt(
  signed: Uint8Array,
  {
    verifier,
    vaultId,
    place,
  }: {
    readonly verifier: CoseVerifier;
    readonly vaultId: string;
    readonly place: ReceiptPlace;
  },
): ReceiptFault | undefined {
  const receipt = decodeReceipt(signed);
  const message = decodeCoseSign1(signed);
  if (receipt === undefined || message === undefined) return 'malformed';
  if (!verifier.verify(message)) return 'bad-signature';
  if (receipt.vaultId !== vaultId) return 'wrong-vault';
  if (receipt.sequence !== place.sequence) return 'wrong-sequence';
  return equalBytes(receipt.previousHash, place.previousHash) ? undefined : 'broken-chain';
}
