/**
 * Signatures of AS entries: ECDSA in DER, with the hash of the key's curve (reference pkg/scrypto/signed). Entries are
 * signed here on P-256, and verified on all curves of certificates.
 *
 * Each entry's signature covers all earlier entries, so a verified prefix need not be verified again: when beacons come
 * over the same ASes every few seconds, only their new entries cost a verification.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { SigningKey } from '../../../engine/host/signatures.ts';
import { concatBytes, mapKeyOfHash, writeUint32 } from '../../_kit/bytes.ts';
import {
  type IsdAs,
  isEpicDigestOf,
  type SignedSegment,
  signatureInput,
} from '../../scion/index.ts';
import { HOP_UNIT_S, VERIFIED_PREFIXES_MAX } from '../geometry.ts';
import {
  hashOfCurve,
  type OpenedEcdsaKey,
  openEcdsaKey,
  readEcdsaSignature,
  signEcdsa,
} from '../pki/ecdsa.ts';
import type { TrustQuestion, TrustRefusal } from '../pki/trust-store.ts';

/** Why a segment's signatures are refused. */
export type SignatureRefusal =
  | 'signature-length'
  | 'signature-invalid'
  | 'epic-digest'
  | TrustRefusal;

/** Signs an entry. @returns the signature in DER. */
export function signEntry(key: SigningKey, input: Uint8Array): Uint8Array {
  return signEcdsa({ curve: 'p256', key }, input);
}

/**
 * Makes the secret scalar of an AS's signing key from 32 secret bytes; with its first bit 0 it is below the order of
 * P-256.
 */
export function asKeyScalar(secret: Uint8Array): Uint8Array {
  const scalar = secret.slice();
  scalar[0] = (scalar[0] as number) & 0x7f;
  return scalar;
}

/** Returns the public key of an AS, an uncompressed point of P-256; undefined if the AS has none. */
export type AsKeySource = (isdAs: IsdAs) => Uint8Array | undefined;

/** The source of the keys that verify signatures. */
export interface EntryKeySource {
  /** The key of a signature, or why there is none. */
  keyOf(question: TrustQuestion): OpenedEcdsaKey | SignatureRefusal;
  /** The keys that the AS may sign with now: more than one while it renews its certificate. */
  keysOfAs(isdAs: IsdAs): readonly OpenedEcdsaKey[];
}

/** Keys that were provisioned to all nodes before the run, one for each AS. */
export class ProvisionedKeys implements EntryKeySource {
  readonly #crypto: CryptoProvider;
  readonly #source: AsKeySource;
  /** Opened keys by AS; each comes from provisioning, so that there are no more of them than ASes in the network. */
  readonly #keys = new Map<IsdAs, OpenedEcdsaKey>();

  constructor(crypto: CryptoProvider, source: AsKeySource) {
    this.#crypto = crypto;
    this.#source = source;
  }

  keyOf({ keyId: { isdAs } }: TrustQuestion): OpenedEcdsaKey | SignatureRefusal {
    return this.#keyOfAs(isdAs) ?? 'signature-key';
  }

  keysOfAs(isdAs: IsdAs): readonly OpenedEcdsaKey[] {
    const key = this.#keyOfAs(isdAs);
    return key === undefined ? [] : [key];
  }

  #keyOfAs(isdAs: IsdAs): OpenedEcdsaKey | undefined {
    const known = this.#keys.get(isdAs);
    if (known !== undefined) return known;
    const bytes = this.#source(isdAs);
    if (bytes === undefined) return undefined;
    const key = openEcdsaKey(this.#crypto, { curve: 'p256', point: bytes });
    this.#keys.set(isdAs, key);
    return key;
  }
}

/** Verifies the signatures of segments, each prefix once. */
export class SegmentVerifier {
  readonly #crypto: CryptoProvider;
  readonly #keys: EntryKeySource;
  /** Hashes of verified prefixes, the oldest first. */
  readonly #verified = new Set<string>();
  /** Number of signatures that were verified so far, right or wrong; not those of prefixes that were known. */
  count = 0;

  constructor(crypto: CryptoProvider, keys: EntryKeySource) {
    this.#crypto = crypto;
    this.#keys = keys;
  }

  /** @returns why a segment is refused; undefined if all its signatures are right. */
  refusal(segment: SignedSegment): SignatureRefusal | undefined {
    const { signed, information } = segment;
    let prefix = this.#crypto.sha256(information);
    for (const [index, { headerAndBody, signature, epicDigest }] of signed.entries()) {
      const entry = segment.segment.entries[index] as (typeof segment.segment.entries)[number];
      if (!isEpicDigestOf(this.#crypto, epicDigest, entry)) return 'epic-digest';
      // The length of the first part is hashed too. Otherwise, bytes could be moved from this part
      // to the signature without changing the hash.
      const length = new Uint8Array(4);
      writeUint32(length, 0, headerAndBody.length);
      prefix = this.#crypto.sha256(concatBytes(prefix, length, headerAndBody, signature));
      // This is checked even for a prefix that was verified before, because its TRC may have ended
      // since.
      const key = this.#keyOf(segment, index);
      if (typeof key === 'string') return key;
      const name = mapKeyOfHash(prefix);
      if (this.#verified.has(name)) continue;
      const refusal = this.#verify(segment, index, key);
      if (refusal !== undefined) return refusal;
      this.#remember(name);
    }
    return undefined;
  }

  /** True if the AS signed the message. @param signature r and then s, each as long as the order of the key's curve. */
  isSignedBy(isdAs: IsdAs, message: Uint8Array, signature: Uint8Array): boolean {
    for (const key of this.#keys.keysOfAs(isdAs)) {
      this.count += 1;
      if (key.verify(message, signature)) return true;
    }
    return false;
  }

  /** Remembers that a prefix was verified; when there are too many, the oldest prefix is forgotten. */
  #remember(name: string): void {
    this.#verified.add(name);
    const [oldest] = this.#verified;
    if (this.#verified.size > VERIFIED_PREFIXES_MAX && oldest !== undefined) {
      this.#verified.delete(oldest);
    }
  }

  /** The key that signed an entry, or why signatures with that key are not accepted now. */
  #keyOf(segment: SignedSegment, index: number): OpenedEcdsaKey | SignatureRefusal {
    const { keyId, signedSeconds } = segment.signed[index] as SignedSegment['signed'][number];
    const { entries, timestamp } = segment.segment;
    const { isdAs, hop } = entries[index] as (typeof entries)[number];
    if (keyId.isdAs !== isdAs) return 'signature-key';
    // Reference private/segment/segverifier: the key must be valid from the segment's timestamp until its hop field
    // ends.
    const lifetime = Math.floor((1 + hop.expTime) * HOP_UNIT_S);
    const span = { notBefore: timestamp, notAfter: timestamp + lifetime };
    return this.#keys.keyOf({ keyId, span, signedSeconds });
  }

  #verify(
    segment: SignedSegment,
    index: number,
    key: OpenedEcdsaKey,
  ): 'signature-length' | 'signature-invalid' | undefined {
    const one = segment.signed[index] as SignedSegment['signed'][number];
    const { headerAndBody, signature, associatedBytes } = one;
    const input = signatureInput(segment, index, headerAndBody);
    if (associatedBytes !== input.length - headerAndBody.length) return 'signature-length';
    const numbers = readEcdsaSignature(key.curve, signature);
    // draft-dekater-scion-pki, "Signature Algorithm": a curve has one hash.
    if (numbers === undefined || one.hash !== hashOfCurve(key.curve)) return 'signature-invalid';
    this.count += 1;
    return key.verify(input, numbers) ? undefined : 'signature-invalid';
  }
}
