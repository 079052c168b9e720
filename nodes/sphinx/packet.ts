/**
 * Packets as made by their sender, and their plaintext (katzenpost, core/sphinx/sphinx.go
 * `NewPacket`).
 *
 * ```
 * forward payload with room for a SURB:  flag (1) | 0 (1) | SURB or zeros | user data
 * ```
 *
 * @module
 */
import { concatBytes } from '../_kit/bytes.ts';
import { encipherPayload } from './crypto.ts';
import type { PathRefusal, SurbDropReason } from './drops.ts';
import { PAYLOAD_TAG_LENGTH, type PacketGeometry, PLAINTEXT_HEADER_LENGTH } from './geometry.ts';
import { createHeader, type MakeHeader, type PathWithRandomness } from './header.ts';
import type { SphinxSuite } from './suite.ts';
import type { DropResult } from './unwrap.ts';
import { isZero } from './zero.ts';

/** Values of the first byte of a forward payload. */
const FLAG_NO_SURB = 0;
const FLAG_SURB = 1;

/** A packet to send to the first hop of its path. */
export interface CreatedPacket {
  readonly packet: Uint8Array;
  readonly firstHop: Uint8Array;
}

/** A packet whose creator can compute the replay tags by which hops remember it. */
export interface PacketWithReplayTags extends CreatedPacket {
  /** The replay tag at each hop, first to last; computed anew at each call. */
  replayTags(): readonly Uint8Array[];
}

/**
 * Creates a Sphinx packet for a path of hops.
 * @param payload Exactly `forwardPayloadLength` bytes; see {@link encodeForwardPlaintext}.
 */
export function createPacket(
  suite: SphinxSuite,
  input: PathWithRandomness,
  payload: Uint8Array,
): PacketWithReplayTags | { readonly refusal: PathRefusal } {
  return createPacketWithHeader(createHeader, suite, input, payload);
}

/**
 * Creates a packet with a header of any format; the payload is wrapped in the same way for all of
 * them.
 */
export function createPacketWithHeader<Suite extends SphinxSuite>(
  makeHeader: MakeHeader<Suite>,
  suite: Suite,
  input: PathWithRandomness,
  payload: Uint8Array,
): PacketWithReplayTags | { readonly refusal: PathRefusal } {
  // Checked before the header draws randomness.
  if (payload.length !== suite.geometry.forwardPayloadLength) return { refusal: 'payload-length' };
  const created = makeHeader(suite, input);
  if ('refusal' in created) return created;
  const tagged = concatBytes(new Uint8Array(PAYLOAD_TAG_LENGTH), payload);
  // One layer per hop; the layer of the last hop is the innermost.
  for (const key of created.payloadKeys.toReversed()) encipherPayload(suite.crypto, key, tagged);
  const [first] = input.path;
  return {
    packet: concatBytes(created.header, tagged),
    firstHop: (first as { readonly id: Uint8Array }).id,
    // The replay tag at a hop is a hash of the element that arrives there.
    replayTags: () => created.elements.map((element) => suite.crypto.sha512Over256(element)),
  };
}

/** The plaintext that the last hop of a packet gets. */
export interface ForwardPayload {
  /** The reply block for the receiver; absent when the sender wants no reply. */
  readonly surb?: Uint8Array;
  /** `userForwardPayloadLength` bytes; shorter data is padded with zeros. */
  readonly data: Uint8Array;
}

/** Encodes a plaintext to the fixed length, with or without a SURB. */
export function encodeForwardPlaintext(
  geometry: PacketGeometry,
  { surb, data }: ForwardPayload,
): Uint8Array | DropResult<SurbDropReason> {
  if (data.length > geometry.userForwardPayloadLength) return { drop: 'payload-format' };
  if (surb !== undefined && !geometry.withSurb) return { drop: 'payload-format' };
  if (surb !== undefined && surb.length !== geometry.surbLength) return { drop: 'surb-length' };
  const payload = new Uint8Array(geometry.forwardPayloadLength);
  payload.set(data, payload.length - geometry.userForwardPayloadLength);
  if (surb !== undefined) {
    payload[0] = FLAG_SURB;
    payload.set(surb, PLAINTEXT_HEADER_LENGTH);
  }
  return payload;
}

/** Decodes a plaintext; the parts are views of it. */
export function decodeForwardPlaintext(
  geometry: PacketGeometry,
  payload: Uint8Array,
): ForwardPayload | DropResult<SurbDropReason> {
  if (payload.length !== geometry.forwardPayloadLength) return { drop: 'payload-format' };
  const data = payload.subarray(payload.length - geometry.userForwardPayloadLength);
  if (!geometry.withSurb) return { data };
  const [flag, reserved] = payload;
  if (reserved !== 0) return { drop: 'payload-format' };
  const surb = payload.subarray(
    PLAINTEXT_HEADER_LENGTH,
    PLAINTEXT_HEADER_LENGTH + geometry.surbLength,
  );
  if (flag === FLAG_SURB) return { surb, data };
  if (flag !== FLAG_NO_SURB) return { drop: 'payload-format' };
  return isZero(surb) ? { data } : { drop: 'payload-format' };
}
