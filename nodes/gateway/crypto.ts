/**
 * The gateway's cryptography: Noise IK messages in handshake frames, and sealing of all other
 * frames (docs/spec/gateway-frame.md, "Keys and nonces"; Noise revision 34, sections 5 and 7.5; RFC
 * 8439). Bytes in, bytes out.
 *
 * Key material is created, named and wiped here and nowhere else: identity (static key pair),
 * ephemeral keys (one per handshake, wiped by `nodes/noise`), session keys (two per epoch, one for
 * each direction, wiped as soon as their key schedules exist). Nothing here is stored or logged.
 * Cookies have secrets of their own (`admission/cookie-issuer.ts`, `admission/cookie-cipher.ts`).
 *
 * A handshake message carries the frame's own header fields as its Noise payload, so that a changed
 * header bit fails authentication exactly as in a sealed frame. The MACs of
 * `admission/handshake-macs.ts`, which are not secret, follow the Noise message.
 *
 * @module
 */

import type { AeadKey, CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, equalBytes } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import {
  type Handshake,
  type SessionKeys,
  startInitiator,
  startResponder,
} from '../noise/index.ts';
import { OPENING_MACS_BYTES } from './admission/handshake-macs.ts';
import type { FrameDropReason } from './drops.ts';
import {
  FRAME_TYPE,
  HEADER_BYTES_MAX,
  MAC_BYTES,
  NONCE_BYTES,
  STATIC_KEY_BYTES,
  TAG_BYTES,
} from './geometry.ts';
import {
  encodeHeader,
  encodeHeaderIntegers,
  FrameHeader,
  HANDSHAKE_MESSAGE_SEQUENCE,
  writeNonce,
} from './wire.ts';

const SUITE = { pattern: 'IK', cipher: 'ChaChaPoly', hash: 'SHA256' } as const;
/** Binds a handshake to this protocol and its version. */
const PROLOGUE = Uint8Array.from('orrery gateway 1', (letter) => letter.charCodeAt(0));
/** Bytes of the MACs after the Noise message, by kind of message. */
const TRAILER = { opening: OPENING_MACS_BYTES, answer: MAC_BYTES } as const;

/** Name under which a gateway's static key is provisioned. */
export const STATIC_KEY_NAME = 'static';

/** A gateway's static X25519 key pair. */
export interface StaticKeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The keys and the randomness that both sides of a handshake need. */
export interface HandshakeContext {
  readonly crypto: CryptoProvider;
  readonly identity: StaticKeyPair;
  /** The only static key this session talks to: the peer's entry in the list of peers, 32 bytes. */
  readonly peerKey: Uint8Array;
  /** Fresh secret bytes from the host. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Epoch and time of a handshake message. */
export interface HandshakeStamp {
  readonly epoch: number;
  /** Creation time, microseconds since 1970. */
  readonly timestamp: number;
}

/** Makes an identity from a 32-byte secret. */
export function createStaticKeyPair(crypto: CryptoProvider, secret: Uint8Array): StaticKeyPair {
  return { secret, publicKey: crypto.x25519PublicKey(secret) };
}

/** Our side of a handshake that is waiting for its answer. */
export interface SentOpening {
  /** The complete frame, sent again until the answer arrives; only its MACs may change. */
  readonly frame: Uint8Array;
  readonly epoch: number;
  readonly noise: Handshake;
}

/** Begins a handshake as initiator; the frame's MACs are still zero. */
export function beginHandshake(context: HandshakeContext, stamp: HandshakeStamp): SentOpening {
  const ephemeralSecret = context.randomBytes(STATIC_KEY_BYTES);
  const noise = startInitiator({
    ...SUITE,
    crypto: context.crypto,
    prologue: PROLOGUE,
    staticSecret: context.identity.secret,
    ephemeralSecret,
    remoteStatic: context.peerKey,
  });
  wipe(ephemeralSecret);
  return { frame: handshakeFrame(noise, 'opening', stamp), epoch: stamp.epoch, noise };
}

/** A peer's authenticated first message; it must be answered or wiped. */
export interface ReceivedOpening {
  readonly noise: Handshake;
}

/** Reads a first message as responder. A rejected message leaves no state behind. */
export function readOpening(
  context: HandshakeContext,
  header: FrameHeader,
  buffer: Uint8Array,
): ReceivedOpening | FrameDropReason {
  const ephemeralSecret = context.randomBytes(STATIC_KEY_BYTES);
  const noise = startResponder({
    ...SUITE,
    crypto: context.crypto,
    prologue: PROLOGUE,
    staticSecret: context.identity.secret,
    ephemeralSecret,
  });
  wipe(ephemeralSecret);
  const reason =
    readMessage(noise, header, buffer, TRAILER.opening) ?? checkPeer(context, noise.remoteStatic);
  if (reason === undefined) return { noise };
  noise.wipe();
  return reason;
}

/** Answers a first message; the caller owns the keys, and the frame's MAC is still zero. */
export function answerHandshake(
  opening: ReceivedOpening,
  stamp: HandshakeStamp,
): { readonly frame: Uint8Array; readonly keys: SessionKeys } {
  const frame = handshakeFrame(opening.noise, 'answer', stamp);
  return { frame, keys: opening.noise.finish() };
}

/** Reads the answer to our first message. A forged one changes nothing. */
export function readAnswer(
  open: SentOpening,
  header: FrameHeader,
  buffer: Uint8Array,
): SessionKeys | FrameDropReason {
  return readMessage(open.noise, header, buffer, TRAILER.answer) ?? open.noise.finish();
}

/** Keeps the keys with which other threads open frames: `opening/open-threads.ts`. */
export interface FrameOpener {
  /** Takes a copy of a key. @returns its number. */
  add(key: Uint8Array): number;
  /** Erases a key. */
  remove(number: number): void;
}

/** Seals and opens the frames of one epoch under its two directional keys. */
export class FrameCipher {
  /** Number of the key by which other threads open frames; undefined if they do not. */
  readonly openerKey: number | undefined;
  readonly #opener: FrameOpener | undefined;
  readonly #sendKey: AeadKey;
  readonly #receiveKey: AeadKey;
  readonly #nonce = new Uint8Array(NONCE_BYTES);

  /** Creates the key schedules and wipes the keys they were made from. */
  constructor(crypto: CryptoProvider, keys: SessionKeys, opener?: FrameOpener) {
    this.#opener = opener;
    this.openerKey = opener?.add(keys.receiveKey);
    this.#sendKey = crypto.aead('chacha20-poly1305', keys.sendKey);
    this.#receiveKey = crypto.aead('chacha20-poly1305', keys.receiveKey);
    keys.wipe();
  }

  /** Overwrites both keys at the end of the epoch. */
  wipe(): void {
    this.#sendKey.wipe();
    this.#receiveKey.wipe();
    if (this.openerKey !== undefined) this.#opener?.remove(this.openerKey);
  }

  /**
   * Writes a complete frame to `target` at `offset`; `plaintext` must not overlap it.
   * @param header All fields set; `sequence` must be unused under this epoch.
   * @returns the frame's length, bytes.
   */
  // hot: `seal` and `open` together take 0.27 us per frame in addition to the AEAD
  // (bench/frame.ts), mostly to create views.
  seal(header: FrameHeader, plaintext: Uint8Array, target: Uint8Array, offset: number): number {
    const sealedLength = plaintext.length + TAG_BYTES;
    const body = encodeHeader(header, sealedLength, target, offset);
    writeNonce(this.#nonce, header.epoch, header.sequence);
    const end = body + sealedLength;
    const associatedData = target.subarray(offset, body);
    this.#sendKey.seal(this.#nonce, associatedData, plaintext, target.subarray(body, end));
    return end - offset;
  }

  /**
   * Authenticates a decoded frame and writes its plaintext to the start of `target`.
   * @param target At least as long as the body without its 16-byte tag; must not overlap `buffer`.
   * @returns the plaintext's length, or -1 when the frame is not from the peer.
   */
  // hot: see `seal`.
  open(header: FrameHeader, buffer: Uint8Array, target: Uint8Array): number {
    return openFrame({ key: this.#receiveKey, nonce: this.#nonce }, header, buffer, target);
  }
}

/** Opens a frame with a key, as {@link FrameCipher.open} does. @param nonce Room for a nonce, 12 bytes. */
export function openFrame(
  { key, nonce }: { readonly key: AeadKey; readonly nonce: Uint8Array },
  header: FrameHeader,
  buffer: Uint8Array,
  target: Uint8Array,
): number {
  const { start, body, bodyLength } = header;
  if (bodyLength < TAG_BYTES) return -1;
  writeNonce(nonce, header.epoch, header.sequence);
  const sealed = buffer.subarray(body, body + bodyLength);
  return key.open(nonce, buffer.subarray(start, body), sealed, target);
}

/** Writes the next Noise message as a frame, with the frame's fields as its payload. */
function handshakeFrame(
  noise: Handshake,
  kind: keyof typeof TRAILER,
  stamp: HandshakeStamp,
): Uint8Array {
  const header = new FrameHeader();
  header.type = FRAME_TYPE.handshake;
  header.epoch = stamp.epoch;
  header.sequence = HANDSHAKE_MESSAGE_SEQUENCE[kind];
  header.timestamp = stamp.timestamp;
  const message = noise.writeMessage(fieldsOf(header));
  const trailer = new Uint8Array(TRAILER[kind]);
  const head = new Uint8Array(HEADER_BYTES_MAX);
  const body = encodeHeader(header, message.length + trailer.length, head, 0);
  return concatBytes(head.subarray(0, body), message, trailer);
}

function fieldsOf(header: FrameHeader): Uint8Array {
  const fields = new Uint8Array(HEADER_BYTES_MAX);
  return fields.subarray(0, encodeHeaderIntegers(header, fields, 0));
}

function readMessage(
  noise: Handshake,
  header: FrameHeader,
  buffer: Uint8Array,
  trailer: number,
): FrameDropReason | undefined {
  const message = buffer.subarray(header.body, header.body + header.bodyLength - trailer);
  const result = noise.readMessage(message);
  if ('failure' in result) {
    return result.failure === 'truncated' ? 'malformed-truncated' : 'bad-auth';
  }
  return equalBytes(result.payload, fieldsOf(header)) ? undefined : 'bad-auth';
}

function checkPeer(
  context: HandshakeContext,
  remoteStatic: Uint8Array | undefined,
): FrameDropReason | undefined {
  const isPeer = remoteStatic !== undefined && equalBytes(remoteStatic, context.peerKey);
  return isPeer ? undefined : 'peer-not-allowed';
}
