/**
 * COSE_Sign1 messages (RFC 9052 section 4.2) with Ed25519 (RFC 9053 section 2.2), tagged, in
 * deterministic CBOR:
 *
 * ```text
 * 18([protected bstr, unprotected map, payload bstr, signature bstr])
 * signed bytes = ["Signature1", protected, external_aad, payload]     (RFC 9052 section 4.4)
 * ```
 *
 * The messages of this protocol have the protected header {1: -8, 4: kid} and nothing unprotected; kid is
 * the first 8 bytes of the SHA-256 of the public key. It names a key and is no proof: the receiver knows
 * from elsewhere which key has to be used.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { SigningKey, VerifyingKey } from '../../engine/host/signatures.ts';
import { endOfItem } from '../../engine/pure/cbor-end-of-item.ts';
import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_TAG,
  CborReader,
} from '../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { equalBytes } from '../_kit/bytes.ts';

/** The empty map. */
export const NOTHING_UNPROTECTED: Uint8Array = Uint8Array.of(0xa0);
const TAG = 18;
const ITEMS = 4;
const SIGNATURE_BYTES = 64;
/** Header parameters (RFC 9052 section 3.1), and the algorithm EdDSA. */
const ALGORITHM = 1;
const KEY_ID = 4;
const EDDSA = -8;
const KEY_ID_BYTES = 8;
/** Deepest nesting of an unprotected header that is decoded. */
const HEADER_DEPTH = 4;

/** Used by one function at a time, to save an allocation for each message. */
const writer = new CborWriter();
const reader = new CborReader();

/** The parts of a message, as views. */
export interface CoseSign1 {
  /** The protected header as it is signed. */
  readonly header: Uint8Array;
  /** The unprotected header, a map in CBOR. */
  readonly unprotected: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Decodes a message without verifying it; undefined if it is malformed or has no tag. */
export function decodeCoseSign1(bytes: Uint8Array): CoseSign1 | undefined {
  reader.open(bytes, 0, bytes.length);
  if (!hasHead(CBOR_TAG, TAG) || !hasHead(CBOR_ARRAY, ITEMS)) return undefined;
  if (!reader.string(CBOR_BYTES)) return undefined;
  const header = reader.content;
  const start = reader.at;
  if (!reader.expect(CBOR_MAP)) return undefined;
  const end = endOfItem(bytes, start, bytes.length, HEADER_DEPTH);
  if (end < 0) return undefined;
  reader.at = end;
  const unprotected = bytes.subarray(start, end);
  if (!reader.string(CBOR_BYTES)) return undefined;
  const payload = reader.content;
  if (!reader.string(CBOR_BYTES) || reader.at !== reader.end) return undefined;
  const signature = reader.content;
  return signature.length === SIGNATURE_BYTES
    ? { header, unprotected, payload, signature }
    : undefined;
}

/** The bytes that are signed (RFC 9052 section 4.4). */
export function coseToBeSigned(
  { header, payload }: Pick<CoseSign1, 'header' | 'payload'>,
  externalAad: Uint8Array,
): Uint8Array {
  return viewOfToBeSigned({ header, payload }, externalAad).slice();
}

/** Like {@link coseToBeSigned}, as a view that is valid until the writer is used again. */
function viewOfToBeSigned(
  { header, payload }: Pick<CoseSign1, 'header' | 'payload'>,
  externalAad: Uint8Array,
): Uint8Array {
  writer.reset();
  writer.array(ITEMS);
  writer.text('Signature1');
  writer.string(header);
  writer.string(externalAad);
  writer.string(payload);
  return writer.bytes.subarray(0, writer.length);
}

/** Encodes a message with its signature. */
export function encodeCoseSign1(message: CoseSign1): Uint8Array {
  const { header, unprotected, payload, signature } = message;
  writer.reset();
  writer.head(CBOR_TAG, TAG);
  writer.array(ITEMS);
  writer.string(header);
  writer.raw(unprotected);
  writer.string(payload);
  writer.string(signature);
  return writer.taken();
}

/** Signs the messages of one purpose with one key. */
export class CoseSigner {
  readonly publicKey: Uint8Array;
  readonly #key: SigningKey;
  readonly #header: Uint8Array;
  readonly #externalAad: Uint8Array;

  /** @param secretKey Ed25519, 32 bytes. */
  constructor(secretKey: Uint8Array, externalAad: Uint8Array, crypto: CryptoProvider) {
    this.#key = crypto.ed25519Key(secretKey);
    this.publicKey = this.#key.publicKey;
    this.#header = headerOf(this.publicKey, crypto);
    this.#externalAad = externalAad;
  }

  /** Returns the message with this payload. */
  sign(payload: Uint8Array): Uint8Array {
    const header = this.#header;
    const signature = this.#key.sign(viewOfToBeSigned({ header, payload }, this.#externalAad));
    return encodeCoseSign1({ header, unprotected: NOTHING_UNPROTECTED, payload, signature });
  }

  /** Wipes the secret; afterwards nothing can be signed. */
  wipe(): void {
    this.#key.wipe();
  }
}

/** Verifies the messages of one purpose by one key. */
export class CoseVerifier {
  readonly #key: VerifyingKey;
  readonly #header: Uint8Array;
  readonly #externalAad: Uint8Array;

  constructor(publicKey: Uint8Array, externalAad: Uint8Array, crypto: CryptoProvider) {
    this.#key = crypto.ed25519Verifier(publicKey);
    this.#header = headerOf(publicKey, crypto);
    this.#externalAad = externalAad;
  }

  /** True if the key has signed the message, and its headers are those of this protocol. */
  verify(message: CoseSign1): boolean {
    return (
      equalBytes(message.header, this.#header) &&
      message.unprotected.length === 1 &&
      this.#key.verify(viewOfToBeSigned(message, this.#externalAad), message.signature)
    );
  }
}

function hasHead(major: number, argument: number): boolean {
  return reader.expect(major) && reader.argument === argument;
}

function headerOf(publicKey: Uint8Array, crypto: CryptoProvider): Uint8Array {
  writer.reset();
  writer.head(CBOR_MAP, 2);
  writer.uint(ALGORITHM);
  writer.integer(EDDSA);
  writer.uint(KEY_ID);
  writer.string(crypto.sha256(publicKey), 0, KEY_ID_BYTES);
  return writer.taken();
}
