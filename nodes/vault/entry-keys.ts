/**
 * Vault: values at rest. Each value is an entry of its own with a random data key, which is stored wrapped by the key
 * of the vault, apart from the value: deleting the wrapped key makes the value unreadable wherever its ciphertext is
 * stored.
 *
 * ```text
 * key encryption key = HKDF-SHA-256(vault key, salt = entry id, info = "orrery/vault/1/wrap")
 * wrapped key        = ChaCha20-Poly1305(key encryption key, nonce 0, aad = entry id, data key)
 * ciphertext         = ChaCha20-Poly1305(data key, nonce 0, aad = CBOR [vault, key, version], value)
 * sealed value       = CBOR [entry id, ciphertext]
 * ```
 *
 * Each key encrypts once, so the nonce may be constant (RFC 8439 section 2.8, RFC 5869). The version is the
 * number of the operation among those of its actor; a field of a map follows the key.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../_kit/cbor-fields.ts';
import { wipe } from '../_kit/secrets.ts';
import {
  DATA_KEY_BYTES,
  ENTRY_ID_BYTES,
  TAG_BYTES,
  VALUE_BYTES_MAX,
  WRAPPED_KEY_BYTES,
} from './geometry.ts';

/** Bytes before the id in a sealed value. */
const ENTRY_ID_OFFSET = 2;
const NONCE = new Uint8Array(12);
const WRAP_INFO = new TextEncoder().encode('orrery/vault/1/wrap');

/** The place of a value, to which its ciphertext is bound as associated data. */
export interface EntryPlace {
  readonly vaultId: string;
  readonly key: string;
  /** Absent for a register. */
  readonly field?: string;
  readonly version: number;
}

/** An encrypted value. */
export interface Sealed {
  /** 16 random bytes. */
  readonly entryId: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A value, encrypted, and its key. */
export interface Entry extends Sealed {
  readonly wrappedKey: Uint8Array;
}

/** Encodes a sealed value. */
export function encodeSealed({ entryId, ciphertext }: Sealed): Uint8Array {
  const writer = new CborWriter();
  writer.array(2);
  writer.string(entryId);
  writer.string(ciphertext);
  return writer.taken();
}

/** Decodes a sealed value; undefined if it is malformed. */
export function decodeSealed(bytes: Uint8Array): Sealed | undefined {
  const fields = new CborFieldReader(bytes);
  if (fields.array(2) !== 2) return undefined;
  const entryId = fields.bytes(ENTRY_ID_BYTES, ENTRY_ID_BYTES);
  const ciphertext = fields.bytes(VALUE_BYTES_MAX + TAG_BYTES, TAG_BYTES);
  return fields.isGood ? { entryId, ciphertext } : undefined;
}

/**
 * The entry id in a valid sealed value (see {@link decodeSealed}), as a view. It follows the heads of array and string.
 */
export function entryIdIn(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(ENTRY_ID_OFFSET, ENTRY_ID_OFFSET + ENTRY_ID_BYTES);
}

/** Seals and opens values with the key of a vault. */
export class EntryKeys {
  readonly #vaultKey: Uint8Array;
  readonly #crypto: CryptoProvider;

  /** @param vaultKey 32 bytes; copied. */
  constructor(vaultKey: Uint8Array, crypto: CryptoProvider) {
    this.#vaultKey = vaultKey.slice();
    this.#crypto = crypto;
  }

  /**
   * Encrypts a value.
   * @param dataKey 32 random bytes, never used before; wiped.
   * @param entryId 16 random bytes, never used before.
   */
  seal(
    value: Uint8Array,
    place: EntryPlace,
    { dataKey, entryId }: { readonly dataKey: Uint8Array; readonly entryId: Uint8Array },
  ): Entry {
    const ciphertext = this.#encrypt(dataKey, associatedData(place), value);
    const wrappingKey = this.#wrappingKey(entryId);
    const wrappedKey = this.#encrypt(wrappingKey, entryId, dataKey);
    wipe(dataKey, wrappingKey);
    return { entryId, ciphertext, wrappedKey };
  }

  /** True if a wrapped key is that of this entry. */
  opens(entryId: Uint8Array, wrappedKey: Uint8Array): boolean {
    const dataKey = this.#unwrapped(entryId, wrappedKey);
    wipe(dataKey);
    return dataKey !== undefined;
  }

  /** Decrypts a value; undefined if the key or the ciphertext is not that of this entry and place. */
  open({ entryId, ciphertext, wrappedKey }: Entry, place: EntryPlace): Uint8Array | undefined {
    const dataKey = this.#unwrapped(entryId, wrappedKey);
    if (dataKey === undefined) return undefined;
    const value = this.#decrypted(dataKey, associatedData(place), ciphertext);
    wipe(dataKey);
    return value;
  }

  /** Wipes the key of the vault. */
  wipe(): void {
    wipe(this.#vaultKey);
  }

  #unwrapped(entryId: Uint8Array, wrappedKey: Uint8Array): Uint8Array | undefined {
    if (wrappedKey.length !== WRAPPED_KEY_BYTES) return undefined;
    const wrappingKey = this.#wrappingKey(entryId);
    const dataKey = this.#decrypted(wrappingKey, entryId, wrappedKey);
    wipe(wrappingKey);
    return dataKey;
  }

  #wrappingKey(entryId: Uint8Array): Uint8Array {
    return this.#crypto.hkdfSha256({
      key: this.#vaultKey,
      salt: entryId,
      info: WRAP_INFO,
      length: DATA_KEY_BYTES,
    });
  }

  #encrypt(key: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
    const aead = this.#crypto.aead('chacha20-poly1305', key);
    aead.seal(NONCE, aad, plaintext, sealed);
    aead.wipe();
    return sealed;
  }

  #decrypted(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const plaintext = new Uint8Array(sealed.length - TAG_BYTES);
    const aead = this.#crypto.aead('chacha20-poly1305', key);
    const length = aead.open(NONCE, aad, sealed, plaintext);
    aead.wipe();
    return length < 0 ? undefined : plaintext;
  }
}

function associatedData({ vaultId, key, field, version }: EntryPlace): Uint8Array {
  const writer = new CborWriter();
  writer.array(field === undefined ? 3 : 4);
  writer.text(vaultId);
  writer.text(key);
  if (field !== undefined) writer.text(field);
  writer.uint(version);
  return writer.taken();
}
