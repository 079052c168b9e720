/**
 * The Outfox-like research format behind {@link PacketFormat}: headers of its own (`header.ts`),
 * payloads, SURBs and replies as in Katzenpost's format. No interoperability vectors exist.
 *
 * @module
 */
import { concatBytes } from '../../_kit/bytes.ts';
import { encipherPayload } from '../crypto.ts';
import type { PathRefusal } from '../drops.ts';
import { PAYLOAD_TAG_LENGTH, SPRP_KEY_MATERIAL_LENGTH } from '../geometry.ts';
import type { PathHop, PathInput } from '../header.ts';
import type { TaggedPacket } from '../packet.ts';
import type { PacketFormat } from '../packet-format.ts';
import { type Opener, receiveWith } from '../receive.ts';
import type { SphinxSuite } from '../suite.ts';
import { type CreatedSurb, createReply, openReply } from '../surb.ts';
import { advance, type PeeledHeader } from '../unwrap.ts';
import { createHeader, peelHeader } from './header.ts';
import { type OutfoxSuite, outfoxSuite } from './suite.ts';

/**
 * Makes the format over the lengths of a suite.
 * @throws RangeError when its exchange is no encapsulation.
 */
export function createOutfoxLikeFormat(plain: SphinxSuite): PacketFormat {
  const suite = outfoxSuite(plain);
  const { exchange, geometry } = suite;
  const opener: Opener<PeeledHeader> = {
    geometry,
    peel: (key, packet) => peelHeader(suite, key, packet),
    advance: (peeled, packet) => advance(suite, peeled, packet),
  };
  return {
    name: 'outfox-like',
    geometry,
    publicKeyLength: exchange.publicKeyLength,
    privateKeyLength: exchange.privateKeyLength,
    openKey: (privateKey) => exchange.openKey(privateKey),
    createPacket: (input, payload) => createPacket(suite, input, payload),
    receive: (rules, packet) => receiveWith(opener, rules, packet),
    createSurb: (input) => createSurb(suite, input),
    createReply: (surb, payload) => createReply(suite, surb, payload),
    openReply: (payload, keys) => openReply(suite, payload, keys),
  };
}

function createPacket(
  suite: OutfoxSuite,
  input: PathInput,
  payload: Uint8Array,
): TaggedPacket | { readonly refusal: PathRefusal } {
  if (payload.length !== suite.geometry.forwardPayloadLength) return { refusal: 'payload-length' };
  const created = createHeader(suite, input);
  if ('refusal' in created) return created;
  const tagged = concatBytes(new Uint8Array(PAYLOAD_TAG_LENGTH), payload);
  for (const key of created.payloadKeys.toReversed()) encipherPayload(suite.crypto, key, tagged);
  return {
    packet: concatBytes(created.header, tagged),
    firstHop: (input.path[0] as PathHop).id,
    replayTags: () => created.elements.map((element) => suite.crypto.sha512Over256(element)),
  };
}

function createSurb(
  suite: OutfoxSuite,
  input: PathInput,
): CreatedSurb | { readonly refusal: PathRefusal } {
  const own = input.random(SPRP_KEY_MATERIAL_LENGTH);
  const created = createHeader(suite, input);
  if ('refusal' in created) return created;
  const layers = created.payloadKeys.map(({ key, iv }) => concatBytes(key, iv));
  return {
    surb: concatBytes(created.header, (input.path[0] as PathHop).id, own),
    keys: concatBytes(...layers.toReversed(), own),
  };
}
