/**
 * Frames that carry a cookie to one peer, sealed with ChaCha20-Poly1305 under a key derived from
 * the X25519 secret of both gateways' static keys.
 *
 * Only the two gateways can make such a frame, so seeing the opening it answers is not enough to
 * forge one. Any cookie for the peer is useful to the peer, whichever opening prompted it, so a few
 * cookies suffice however many openings arrive.
 *
 * ```text
 *   cookie   header (timestamp: sender's clock) | AEAD of the cookie (16 + 16)
 * ```
 *
 * @module
 */
import type { AeadKey, CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import { wipe } from '../../_kit/secrets.ts';
import type { StaticKeyPair } from '../crypto.ts';
import { COOKIE_BYTES, FRAME_TYPE, HEADER_BYTES_MAX, NONCE_BYTES, TAG_BYTES } from '../geometry.ts';
import { encodeHeader, FrameHeader, HANDSHAKE_MESSAGE_SEQUENCE, writeNonce } from '../wire.ts';

const LABEL = Uint8Array.from('orrery gateway 1 cookie', (letter) => letter.charCodeAt(0));

/** Seals cookies for one peer and opens those from the peer. */
export class CookieCipher {
  readonly #crypto: CryptoProvider;
  readonly #identity: StaticKeyPair;
  readonly #peerKey: Uint8Array;
  /**
   * The key; derived when the first cookie is sent or received, because most sessions never need
   * it.
   */
  #shared: Uint8Array | undefined;

  constructor(crypto: CryptoProvider, identity: StaticKeyPair, peerKey: Uint8Array) {
    this.#crypto = crypto;
    this.#identity = identity;
    this.#peerKey = peerKey;
  }

  /** @param timestamp Microseconds since 1970; a peer takes a cookie only when it is newer than the last. */
  seal(cookie: Uint8Array, timestamp: number): Uint8Array {
    const header = new FrameHeader();
    header.type = FRAME_TYPE.handshake;
    header.sequence = HANDSHAKE_MESSAGE_SEQUENCE.cookie;
    header.timestamp = timestamp;
    const frame = new Uint8Array(HEADER_BYTES_MAX + COOKIE_BYTES + TAG_BYTES);
    const at = encodeHeader(header, COOKIE_BYTES + TAG_BYTES, frame, 0);
    const head = frame.subarray(0, at);
    const key = this.#keyOf(this.#identity.publicKey, head);
    key.seal(nonceOf(header), head, cookie, frame.subarray(at));
    key.wipe();
    return frame.subarray(0, at + COOKIE_BYTES + TAG_BYTES);
  }

  /** The cookie in a complete frame; undefined when the frame is not from the peer. */
  open(header: FrameHeader, buffer: Uint8Array): Uint8Array | undefined {
    const { start, body, bodyLength } = header;
    const head = buffer.subarray(start, body);
    const cookie = new Uint8Array(COOKIE_BYTES);
    const key = this.#keyOf(this.#peerKey, head);
    const length = key.open(
      nonceOf(header),
      head,
      buffer.subarray(body, body + bodyLength),
      cookie,
    );
    key.wipe();
    return length < 0 ? undefined : cookie;
  }

  /** Erases the key; it is derived again when needed. */
  close(): void {
    wipe(this.#shared);
    this.#shared = undefined;
  }

  /**
   * One key per sender and header: one side's cookie is never taken for the other's, and a nonce
   * cannot repeat with another cookie, since no gateway changes its secret within a microsecond.
   */
  #keyOf(sender: Uint8Array, head: Uint8Array): AeadKey {
    this.#shared ??= this.#agree();
    const made = this.#crypto.hmacSha256(this.#shared, concatBytes(LABEL, sender, head));
    const key = this.#crypto.aead('chacha20-poly1305', made);
    wipe(made);
    return key;
  }

  #agree(): Uint8Array {
    const shared = this.#crypto.x25519(this.#identity.secret, this.#peerKey);
    // A low-order key cannot belong to a node: provisioning makes none, and Noise rejects it as
    // well.
    if (shared === undefined) throw new Error('a static key of a peer is of small order');
    const key = this.#crypto.hmacSha256(shared, LABEL);
    wipe(shared);
    return key;
  }
}

function nonceOf({ epoch, sequence }: FrameHeader): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  writeNonce(nonce, epoch, sequence);
  return nonce;
}
