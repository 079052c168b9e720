/**
 * The MACs of handshake messages, by which a message from a sender without the public keys is
 * refused before any Diffie-Hellman work, as in WireGuard (NDSS 2017, sections 5.3, 5.4.4 and
 * 5.4.7), but with HMAC-SHA-256 cut to 128 bits in place of keyed BLAKE2s:
 *
 * ```text
 *   opening  header | Noise message | mac1 (16) | mac2 (16)
 *   answer   header | Noise message | mac (16)
 * ```
 *
 * `mac1` is keyed by the responder's public key: it separates senders that know the responder from
 * those that do not. `mac2` is keyed by a cookie sent to the peer's address (`cookie-cipher.ts`), and
 * zero when no cookie is known. The MAC of an answer covers the opening's `mac1` and so names the
 * one opening it answers. Of these keys only the cookie is secret.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import {
  ANSWER_NOISE_BYTES,
  COOKIE_BYTES,
  MAC_BYTES,
  OPENING_NOISE_BYTES,
  STATIC_KEY_BYTES,
  TAG_BYTES,
} from '../geometry.ts';
import type { FrameHeader, HANDSHAKE_MESSAGE_SEQUENCE } from '../wire.ts';

const LABELS = {
  opening: 'orrery gateway 1 opening',
  answer: 'orrery gateway 1 answer',
} as const;
/** Length of the head of a byte string of 24 to 255 bytes (RFC 8949 section 3). */
const STRING_HEAD_BYTES = 2;

/** Bytes after the Noise message of an opening: `mac1` and `mac2`. */
export const OPENING_MACS_BYTES: number = 2 * MAC_BYTES;

/** The public keys of a session's two ends. */
export interface SessionPublicKeys {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

/** MACs and cookies of the handshakes between two gateways; `frame` is always a complete frame. */
export class HandshakeMacs {
  readonly #crypto: CryptoProvider;
  readonly #toPeer: Record<keyof typeof LABELS, Uint8Array>;
  readonly #toUs: Record<keyof typeof LABELS, Uint8Array>;

  constructor(crypto: CryptoProvider, keys: SessionPublicKeys) {
    this.#crypto = crypto;
    this.#toPeer = keysFor(crypto, keys.peer);
    this.#toUs = keysFor(crypto, keys.own);
  }

  /** Writes `mac1` of an opening from this gateway, and `mac2` if a cookie is known. */
  signOpening(frame: Uint8Array, cookie: Uint8Array | undefined): void {
    const first = frame.length - OPENING_MACS_BYTES;
    frame.set(this.#mac(this.#toPeer.opening, frame.subarray(0, first)), first);
    const second = first + MAC_BYTES;
    if (cookie === undefined) frame.fill(0, second);
    else frame.set(this.#mac(cookie, frame.subarray(0, second)), second);
  }

  /** True if the opening was made for this gateway, by a sender that knows its public key. */
  isForUs(frame: Uint8Array): boolean {
    const before = frame.subarray(0, frame.length - OPENING_MACS_BYTES);
    return this.#crypto.equal(openingMac(frame), this.#mac(this.#toUs.opening, before));
  }

  /** True when the sender has the cookie that was sent to the peer's address. */
  isProven(frame: Uint8Array, cookie: Uint8Array | undefined): boolean {
    if (cookie === undefined) return false;
    const at = frame.length - MAC_BYTES;
    return this.#crypto.equal(frame.subarray(at), this.#mac(cookie, frame.subarray(0, at)));
  }

  /** Writes the MAC of our answer to the opening with this `mac1`. */
  signAnswer(frame: Uint8Array, mac1: Uint8Array): void {
    const at = frame.length - MAC_BYTES;
    frame.set(this.#mac(this.#toPeer.answer, concatBytes(mac1, frame.subarray(0, at))), at);
  }

  /** True when the MAC of an answer covers this `mac1` of our opening. */
  names(frame: Uint8Array, mac1: Uint8Array): boolean {
    const at = frame.length - MAC_BYTES;
    const mac = this.#mac(this.#toUs.answer, concatBytes(mac1, frame.subarray(0, at)));
    return this.#crypto.equal(frame.subarray(at), mac);
  }

  #mac(key: Uint8Array, data: Uint8Array): Uint8Array {
    return this.#crypto.hmacSha256(key, data).subarray(0, MAC_BYTES);
  }
}

/** `mac1` of an opening; it identifies the opening, since it covers everything but `mac2`. */
export function openingMac(frame: Uint8Array): Uint8Array {
  const at = frame.length - OPENING_MACS_BYTES;
  return frame.subarray(at, at + MAC_BYTES);
}

/** True when the body has the length of an opening, answer or cookie with this header. */
export function hasHandshakeMessageLength(
  header: FrameHeader,
  kind: keyof typeof HANDSHAKE_MESSAGE_SEQUENCE,
): boolean {
  return header.bodyLength === lengthOf(kind, header.body - header.start - STRING_HEAD_BYTES);
}

/** @param fields Number of bytes of the array head and the seven integers: the Noise payload. */
function lengthOf(kind: keyof typeof HANDSHAKE_MESSAGE_SEQUENCE, fields: number): number {
  switch (kind) {
    case 'opening':
      return OPENING_NOISE_BYTES + fields + OPENING_MACS_BYTES;
    case 'answer':
      return ANSWER_NOISE_BYTES + fields + MAC_BYTES;
    case 'cookie':
      return COOKIE_BYTES + TAG_BYTES;
  }
}

function keysFor(
  crypto: CryptoProvider,
  publicKey: Uint8Array,
): Record<keyof typeof LABELS, Uint8Array> {
  if (publicKey.length !== STATIC_KEY_BYTES) throw new Error('a public key has 32 bytes');
  const keyFor = (label: string): Uint8Array =>
    crypto.sha256(
      concatBytes(
        Uint8Array.from(label, (c) => c.charCodeAt(0)),
        publicKey,
      ),
    );
  return {
    opening: keyFor(LABELS.opening),
    answer: keyFor(LABELS.answer),
  };
}
