/**
 * Vault: receipts, which a node signs for each access to its data, in a chain of hashes.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';

/** Operations that receipts tell, in the order of their numbers. */
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
  /** SHA-256 of the value; of an erasable value that of its ciphertext. Null if there is none. */
  readonly valueHash: Uint8Array | null;
  readonly isSuccess: boolean;
  /** Unix ms. */
  readonly timeMs: number;
  readonly requester: string;
  /** SHA-256 of the receipt before; 32 zeros in the first one. */
  readonly previousHash: Uint8Array;
}

/** Signs a receipt. @param secretKey Ed25519, 32 bytes. */
export function signReceipt(
  _receipt: Receipt,
  _secretKey: Uint8Array,
  _crypto: CryptoProvider,
): Uint8Array {
  throw new Error('not yet');
}

/** Decodes a receipt without verifying it; undefined if it is malformed. */
export function decodeReceipt(_bytes: Uint8Array): Receipt | undefined {
  throw new Error('not yet');
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
  readonly publicKey: Uint8Array;
  /** The vault of the receipts. */
  readonly vaultId: string;
  /** Hash of a receipt that a witness has seen; without it the loss of the newest receipts is not found. */
  readonly witnessHead?: Uint8Array;
  /** Number and previous hash of the first receipt, if older ones were dropped; else 0 and zeros. */
  readonly start?: { readonly sequence: number; readonly previousHash: Uint8Array };
  readonly crypto: CryptoProvider;
}

/** Verifies a chain of receipts, in order. */
export function verifyReceipts(
  _chain: readonly Uint8Array[],
  _check: ReceiptCheck,
): ReceiptVerdict {
  throw new Error('not yet');
}
