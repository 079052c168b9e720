/**
 * BOLT-4 onions: built by the sender, peeled by each hop (BOLT 4 "Packet Construction", "Onion
 * Decryption"). A second packet format beside Katzenpost's, with payloads of any length in the
 * header and none after it.
 *
 * The contents of payloads (TLV records) and route blinding are not covered.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes, readUint16, writeUint16 } from '../../_kit/bytes.ts';
import { isZero } from '../zero.ts';
import type { Bolt4Drop } from './drops.ts';
import {
  HMAC_LENGTH,
  HOP_PAYLOAD_LENGTH_MIN,
  HOPS_LENGTH,
  ONION_LENGTH,
  ONION_VERSION_LENGTH,
  POINT_LENGTH,
} from './geometry.ts';
import { addBytes, blindingOf, keyOf, sharedSecret, streamOf } from './keys.ts';
import { multiplyPoint, multiplyScalars, publicPoint } from './secp256k1.ts';

/** BOLT 1 "BigSize": lengths below fd are one byte; fd announces two bytes. */
const BIG_SIZE_TWO_BYTES = 0xfd;

/** One hop of an onion's path. */
export interface OnionHop {
  /** Compressed point, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** 2 bytes or more, without its length. */
  readonly payload: Uint8Array;
}

/** The input for an onion. */
export interface OnionInput {
  readonly path: readonly OnionHop[];
  /** The session key, 32 new random bytes. */
  readonly sessionKey: Uint8Array;
  /** Covered by every HMAC, but not transmitted. */
  readonly associatedData: Uint8Array;
}

/** An onion and the secrets shared with its hops, which are needed to read errors. */
export interface CreatedOnion {
  readonly onion: Uint8Array;
  readonly secrets: readonly Uint8Array[];
}

/** Why an onion cannot be made. */
export type OnionRefusal = 'path-length' | 'payload-length' | 'key-invalid';

/** The data that one hop gets from an onion. */
export interface PeeledOnion {
  readonly payload: Uint8Array;
  /** The secret shared with the sender; also wraps errors. */
  readonly secret: Uint8Array;
  /** The onion for the next hop; absent at the last hop. */
  readonly next?: Uint8Array;
}

/** Creates an onion, or returns why not. */
export function createOnion(
  crypto: CryptoProvider,
  input: OnionInput,
): CreatedOnion | { readonly refusal: OnionRefusal } {
  const { path, sessionKey, associatedData } = input;
  if (path.length === 0) return { refusal: 'path-length' };
  if (path.some(({ payload }) => payload.length < HOP_PAYLOAD_LENGTH_MIN)) {
    return { refusal: 'payload-length' };
  }
  const frames = path.map(({ payload }) =>
    concatBytes(encodeLength(payload.length), payload, new Uint8Array(HMAC_LENGTH)),
  );
  if (sumOf(frames) > HOPS_LENGTH) return { refusal: 'path-length' };
  const shared = secretsOf(crypto, path, sessionKey);
  if (shared === undefined) return { refusal: 'key-invalid' };
  const { first, secrets } = shared;
  const filler = fillerOf(crypto, frames, secrets);
  let hops = streamOf(crypto, keyOf(crypto, 'pad', sessionKey), HOPS_LENGTH);
  let hmac: Uint8Array = new Uint8Array(HMAC_LENGTH);
  for (let index = path.length - 1; index >= 0; index--) {
    const secret = secrets[index] as Uint8Array;
    const frame = frames[index] as Uint8Array;
    frame.set(hmac, frame.length - HMAC_LENGTH);
    hops = concatBytes(frame, hops.subarray(0, HOPS_LENGTH - frame.length));
    addBytes(hops, streamOf(crypto, keyOf(crypto, 'rho', secret), HOPS_LENGTH));
    if (index === path.length - 1) hops.set(filler, HOPS_LENGTH - filler.length);
    hmac = crypto.hmacSha256(keyOf(crypto, 'mu', secret), concatBytes(hops, associatedData));
  }
  return { onion: joinOnion(first, hops, hmac), secrets };
}

/**
 * Removes one layer. The onion is not modified.
 * @param secretKey 32 bytes, the key of this hop.
 */
export function peelOnion(
  crypto: CryptoProvider,
  secretKey: Uint8Array,
  onion: Uint8Array,
  associatedData: Uint8Array,
): PeeledOnion | { readonly drop: Bolt4Drop } {
  if (onion.length !== ONION_LENGTH) return { drop: 'onion-length' };
  if (onion[0] !== 0) return { drop: 'onion-version' };
  const point = onion.subarray(ONION_VERSION_LENGTH, ONION_VERSION_LENGTH + POINT_LENGTH);
  const hops = onion.subarray(ONION_VERSION_LENGTH + POINT_LENGTH, ONION_LENGTH - HMAC_LENGTH);
  const secret = sharedSecret(crypto, secretKey, point);
  if (secret === undefined) return { drop: 'onion-point' };
  const mu = keyOf(crypto, 'mu', secret);
  const hmac = crypto.hmacSha256(mu, concatBytes(hops, associatedData));
  if (!crypto.equal(hmac, onion.subarray(ONION_LENGTH - HMAC_LENGTH))) {
    return { drop: 'onion-hmac' };
  }
  // Twice the length: what is shifted out at the front is replaced by the stream at the end.
  const open = streamOf(crypto, keyOf(crypto, 'rho', secret), 2 * HOPS_LENGTH);
  addBytes(open, hops);
  const frame = readFrame(open);
  if (frame === undefined) return { drop: 'onion-frame' };
  const { payload, nextHmac, length } = frame;
  // BOLT 4: an all-zero HMAC marks the last hop.
  if (isZero(nextHmac)) return { payload, secret };
  const nextPoint = multiplyPoint(point, blindingOf(crypto, point, secret));
  if (nextPoint === undefined) return { drop: 'onion-point' };
  const nextHops = open.subarray(length, length + HOPS_LENGTH);
  return { payload, secret, next: joinOnion(nextPoint, nextHops, nextHmac) };
}

function joinOnion(point: Uint8Array, hops: Uint8Array, hmac: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(ONION_VERSION_LENGTH), point, hops, hmac);
}

function sumOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** BOLT 4 "Key Generation": the session key is blinded from hop to hop. */
function secretsOf(
  crypto: CryptoProvider,
  path: readonly OnionHop[],
  sessionKey: Uint8Array,
): { readonly first: Uint8Array; readonly secrets: readonly Uint8Array[] } | undefined {
  const secrets: Uint8Array[] = [];
  const first = publicPoint(sessionKey);
  let ephemeral = sessionKey;
  let point = first;
  for (const { publicKey } of path) {
    const secret = sharedSecret(crypto, ephemeral, publicKey);
    if (point === undefined || secret === undefined) return undefined;
    secrets.push(secret);
    ephemeral = multiplyScalars(ephemeral, blindingOf(crypto, point, secret));
    point = publicPoint(ephemeral);
  }
  return first && { first, secrets };
}

/** BOLT 4 "Filler Generation": what the hops before the last leave after the last frame. */
function fillerOf(
  crypto: CryptoProvider,
  frames: readonly Uint8Array[],
  secrets: readonly Uint8Array[],
): Uint8Array {
  let filler: Uint8Array = new Uint8Array(0);
  for (let index = 0; index < frames.length - 1; index++) {
    const { length } = frames[index] as Uint8Array;
    const start = HOPS_LENGTH - filler.length;
    const rho = keyOf(crypto, 'rho', secrets[index] as Uint8Array);
    filler = concatBytes(filler, new Uint8Array(length));
    addBytes(filler, streamOf(crypto, rho, 2 * HOPS_LENGTH).subarray(start, HOPS_LENGTH + length));
  }
  return filler;
}

/** BOLT 1 "BigSize", up to the longest length in an onion. */
function encodeLength(length: number): Uint8Array {
  if (length < BIG_SIZE_TWO_BYTES) return Uint8Array.of(length);
  const bytes = new Uint8Array(3);
  bytes[0] = BIG_SIZE_TWO_BYTES;
  writeUint16(bytes, 1, length);
  return bytes;
}

interface Frame {
  readonly payload: Uint8Array;
  readonly nextHmac: Uint8Array;
  /** Length of the complete frame in bytes: payload length, payload and HMAC. */
  readonly length: number;
}

/** @param open The decrypted hop payloads; the frame must end within them. */
function readFrame(open: Uint8Array): Frame | undefined {
  const [first] = open as unknown as readonly [number];
  // fe and ff announce lengths that cannot occur in an onion.
  if (first > BIG_SIZE_TWO_BYTES) return undefined;
  const isLong = first === BIG_SIZE_TWO_BYTES;
  const payloadLength = isLong ? readUint16(open, 1) : first;
  if (isLong && payloadLength < BIG_SIZE_TWO_BYTES) return undefined;
  if (payloadLength < HOP_PAYLOAD_LENGTH_MIN) return undefined;
  const start = isLong ? 3 : 1;
  const end = start + payloadLength;
  if (end + HMAC_LENGTH > HOPS_LENGTH) return undefined;
  return {
    payload: open.subarray(start, end),
    nextHmac: open.subarray(end, end + HMAC_LENGTH),
    length: end + HMAC_LENGTH,
  };
}
