/**
 * Vault: the newest receipts of a node, at most `RECEIPTS_MAX`.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Receipt } from './receipt.ts';

/** What a log of receipts is created from. */
export interface ReceiptLogSetup {
  readonly vaultId: string;
  /** Ed25519 secret, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly crypto: CryptoProvider;
}

/** See the module. */
export class ReceiptLog {
  constructor(_setup: ReceiptLogSetup) {
    throw new Error('not yet');
  }

  /** Number of the next receipt. */
  get sequence(): number {
    throw new Error('not yet');
  }
  /** SHA-256 of the newest receipt, 32 zeros before the first: what a witness should keep. */
  get head(): Uint8Array {
    throw new Error('not yet');
  }
  /** Number and previous hash of the oldest receipt kept, for `verifyReceipts`. */
  get start(): { readonly sequence: number; readonly previousHash: Uint8Array } {
    throw new Error('not yet');
  }
  /** Signs a receipt and keeps it; the oldest makes room. @returns the receipt. */
  add(_fields: Omit<Receipt, 'vaultId' | 'sequence' | 'previousHash'>): Uint8Array {
    throw new Error('not yet');
  }
  /** Takes a receipt from the own disk; the first one may have any number. @returns false if it does not continue the log. */
  restore(_receipt: Uint8Array): boolean {
    throw new Error('not yet');
  }
  /** The receipts kept, the oldest first. */
  receipts(): readonly Uint8Array[] {
    throw new Error('not yet');
  }
}
