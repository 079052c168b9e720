/**
 * Single-use reply blocks (SURBs): the side that wants an answer makes one, and the answering side uses it
 * (katzenpost, core/sphinx/surb.go `NewSURB`, `NewPacketFromSURB`, `DecryptSURBPayload`). The
 * answering side learns neither path nor recipient.
 *
 * ```
 * SURB = header || id of the first hop (32) || key of the payload cipher (48) || nonce (16)
 * keys = (key || nonce) of the last hop … of the first hop || key and nonce in the SURB
 * ```
 *
 * @module
 */
import { concatByteList, concatBytes } from '../_kit/bytes.ts';
import { decipherPayload, encipherPayload, type PayloadKey } from './crypto.ts';
import type { PathRefusal, SurbDropReason } from './drops.ts';
import {
  NODE_ID_LENGTH,
  PAYLOAD_TAG_LENGTH,
  SPRP_KEY_LENGTH,
  SPRP_KEY_MATERIAL_LENGTH,
} from './geometry.ts';
import { createHeader, type MakeHeader, type PathHop, type PathWithRandomness } from './header.ts';
import type { CreatedPacket } from './packet.ts';
import type { SphinxSuite } from './suite.ts';
import { type DropResult, hasZeroTag } from './unwrap.ts';

/** A reply block, and the keys that its owner stores under its identifier. */
export interface CreatedSurb {
  readonly surb: Uint8Array;
  readonly keys: Uint8Array;
}

/**
 * Creates a single-use reply block. Randomness is drawn in this order: 64 bytes of key, then what a header
 * needs.
 * @param input The last hop's commands name the recipient and the SURB's identifier.
 */
export function createSurb(
  suite: SphinxSuite,
  input: PathWithRandomness,
): CreatedSurb | { readonly refusal: PathRefusal } {
  return createSurbWithHeader(createHeader, suite, input);
}

/** Creates a SURB with the header of any format. */
export function createSurbWithHeader<Suite extends SphinxSuite>(
  makeHeader: MakeHeader<Suite>,
  suite: Suite,
  input: PathWithRandomness,
): CreatedSurb | { readonly refusal: PathRefusal } {
  const own = input.random(SPRP_KEY_MATERIAL_LENGTH);
  const created = makeHeader(suite, input);
  if ('refusal' in created) return created;
  const { id } = input.path[0] as PathHop;
  const layers = created.payloadKeys.map(({ key, iv }) => concatBytes(key, iv));
  return {
    surb: concatBytes(created.header, id, own),
    keys: concatByteList([...layers.toReversed(), own]),
  };
}

/**
 * Creates the reply packet; the SURB must not be used again.
 * @param payload Exactly `forwardPayloadLength` bytes, so that replies look like other packets.
 */
export function createReply(
  suite: SphinxSuite,
  surb: Uint8Array,
  payload: Uint8Array,
): CreatedPacket | DropResult<SurbDropReason> {
  const { surbLength, headerLength, forwardPayloadLength } = suite.geometry;
  if (surb.length !== surbLength) return { drop: 'surb-length' };
  if (payload.length !== forwardPayloadLength) return { drop: 'payload-format' };
  const keyOffset = headerLength + NODE_ID_LENGTH;
  const tagged = concatBytes(new Uint8Array(PAYLOAD_TAG_LENGTH), payload);
  encipherPayload(suite.crypto, keyAt(surb, keyOffset), tagged);
  return {
    packet: concatBytes(surb.subarray(0, headerLength), tagged),
    firstHop: surb.slice(headerLength, keyOffset),
  };
}

/**
 * Opens a reply: restores the layers that the hops removed, then removes the SURB's own layer.
 * @param payload From the last hop; changed in place.
 * @param keys From {@link createSurb}.
 */
export function openReply(
  { crypto }: Pick<SphinxSuite, 'crypto'>,
  payload: Uint8Array,
  keys: Uint8Array,
): { readonly payload: Uint8Array } | DropResult<SurbDropReason> {
  if (keys.length % SPRP_KEY_MATERIAL_LENGTH !== 0) return { drop: 'surb-keys' };
  if (keys.length < 2 * SPRP_KEY_MATERIAL_LENGTH) return { drop: 'surb-keys' };
  const last = keys.length - SPRP_KEY_MATERIAL_LENGTH;
  for (let at = 0; at < last; at += SPRP_KEY_MATERIAL_LENGTH) {
    encipherPayload(crypto, keyAt(keys, at), payload);
  }
  decipherPayload(crypto, keyAt(keys, last), payload);
  if (!hasZeroTag(payload)) return { drop: 'surb-tag' };
  return { payload: payload.subarray(PAYLOAD_TAG_LENGTH) };
}

function keyAt(bytes: Uint8Array, offset: number): PayloadKey {
  return {
    key: bytes.subarray(offset, offset + SPRP_KEY_LENGTH),
    iv: bytes.subarray(offset + SPRP_KEY_LENGTH, offset + SPRP_KEY_MATERIAL_LENGTH),
  };
}
