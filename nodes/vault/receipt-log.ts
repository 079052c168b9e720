/**
 * Vault: the newest receipts of a node, at most `RECEIPTS_MAX`, and the place in their chain where these begin. The
 * disk holds at most twice as many.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { equalBytes } from '../_kit/bytes.ts';
import { CoseSigner } from './cose-sign1.ts';
import { RECEIPTS_MAX } from './geometry.ts';
import {
  decodeReceipt,
  encodeReceipt,
  NO_RECEIPT_HASH,
  RECEIPT_AAD,
  type Receipt,
  type ReceiptPlace,
} from './receipt.ts';

/** What a log of receipts is created from. */
export interface ReceiptLogSetup {
  readonly vaultId: string;
  /** Ed25519 secret, 32 bytes; the caller may wipe it afterwards. */
  readonly secretKey: Uint8Array;
  readonly crypto: CryptoProvider;
  /** Largest number of receipts that are kept; {@link RECEIPTS_MAX} if absent. */
  readonly receiptsMax?: number;
}

/** See the module. */
export class ReceiptLog {
  readonly #setup: ReceiptLogSetup;
  readonly #signer: CoseSigner;
  #receipts: Uint8Array[] = [];
  /** Index of the oldest receipt kept in `#receipts`. */
  #first = 0;
  #start: ReceiptPlace = { sequence: 0, previousHash: NO_RECEIPT_HASH };
  #head: Uint8Array = NO_RECEIPT_HASH;
  /** Number of receipts on disk, including those being written. */
  #stored = 0;

  constructor(setup: ReceiptLogSetup) {
    this.#setup = setup;
    this.#signer = new CoseSigner(setup.secretKey, RECEIPT_AAD, setup.crypto);
  }

  /** Number of the next receipt. */
  get sequence(): number {
    return this.#start.sequence + this.#receipts.length - this.#first;
  }

  /** SHA-256 of the newest receipt, which a witness should keep; 32 zeros before the first. */
  get head(): Uint8Array {
    return this.#head;
  }

  /** Number and previous hash of the oldest receipt kept, for `verifyReceipts`. */
  get start(): ReceiptPlace {
    return this.#start;
  }

  /** Signs a receipt and keeps it; the oldest makes room. The caller keeps the fields within their bounds. */
  add(fields: Omit<Receipt, 'vaultId' | 'sequence' | 'previousHash'>): Uint8Array {
    const place = { sequence: this.sequence, previousHash: this.#head };
    const receipt = { ...fields, ...place, vaultId: this.#setup.vaultId };
    const signed = this.#signer.sign(encodeReceipt(receipt));
    this.#append(signed);
    return signed;
  }

  /**
   * Called after {@link add}.
   * @returns the receipts to write in place of those on disk, once these are more than twice as many; undefined if the
   * new receipt is only to be appended.
   */
  replacement(): readonly Uint8Array[] | undefined {
    if (this.#stored <= 2 * this.#receiptsMax) return undefined;
    const kept = this.receipts();
    this.#stored = kept.length;
    return kept;
  }

  /**
   * Restores the next receipt from disk; the first one may have any number.
   * @returns false, without any change, if it does not continue the chain.
   */
  restore(signed: Uint8Array): boolean {
    const receipt = decodeReceipt(signed);
    if (receipt === undefined || receipt.vaultId !== this.#setup.vaultId) return false;
    const { sequence, previousHash } = receipt;
    if (this.#receipts.length === 0) this.#start = { sequence, previousHash };
    else if (sequence !== this.sequence || !equalBytes(previousHash, this.#head)) return false;
    this.#append(signed);
    return true;
  }

  /**
   * Continues the chain at `place` if the restored receipts end before it, after a crash that came between emptying the
   * store and writing its new receipts.
   */
  resume(place: ReceiptPlace): void {
    if (place.sequence <= this.sequence) return;
    this.#receipts = [];
    this.#first = 0;
    this.#stored = 0;
    this.#start = place;
    this.#head = place.previousHash;
  }

  /** The receipts kept, the oldest first. */
  receipts(): readonly Uint8Array[] {
    return this.#receipts.slice(this.#first);
  }

  /** Wipes the signing key; afterwards nothing can be added. */
  wipe(): void {
    this.#signer.wipe();
  }

  get #receiptsMax(): number {
    return this.#setup.receiptsMax ?? RECEIPTS_MAX;
  }

  #append(signed: Uint8Array): void {
    const { crypto } = this.#setup;
    this.#receipts.push(signed);
    this.#stored += 1;
    this.#head = crypto.sha256(signed);
    const oldest = this.#receipts[this.#first];
    if (this.#receipts.length - this.#first <= this.#receiptsMax || oldest === undefined) return;
    this.#start = { sequence: this.#start.sequence + 1, previousHash: crypto.sha256(oldest) };
    this.#first += 1;
    // Dropped places are cut off once they are half of the array, so that a receipt takes constant time on average.
    if (2 * this.#first > this.#receipts.length) {
      this.#receipts = this.#receipts.slice(this.#first);
      this.#first = 0;
    }
  }
}
