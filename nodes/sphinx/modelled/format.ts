/**
 * Modelled packets, for `crypto: modelled`: the lengths, commands, delays and drops of Sphinx
 * packets without its cryptography. Slots and payloads are readable, MACs and tags are checksums
 * that anyone can compute, and a fixed permutation changes the element at each hop.
 *
 * ```
 * packet  = header || payload, each field with the length and offset of `geometry.ts`
 * element = 32 random bytes, of which the first eight change at every hop, and zeros
 * MAC     = checksum of the receiver's public key, the element and the slots, and zeros
 * payload = checksum of the forward payload and zeros, in place of the tag || forward payload
 * ```
 *
 * Public keys are real. Not modelled: low-order points, which here give a wrong MAC, and random
 * fillers of unused slots, which are zero. There is no privacy against anyone who reads the bytes.
 *
 * @module
 */

import { concatBytes } from '../../_kit/bytes.ts';
import { wipe } from '../../_kit/secrets.ts';
import { SlabAllocator } from '../../_kit/slab.ts';
import type { NodeDropReason, PathRefusal, SurbDropReason, UnwrapDropReason } from '../drops.ts';
import type { NodePrivateKey } from '../exchange.ts';
import {
  MAC_LENGTH,
  NODE_ID_LENGTH,
  PAYLOAD_TAG_LENGTH,
  type PacketGeometry,
  REPLAY_TAG_LENGTH,
  SPRP_KEY_MATERIAL_LENGTH,
  VERSION_LENGTH,
} from '../geometry.ts';
import type { PathHop, PathWithRandomness } from '../header.ts';
import type { CreatedPacket, PacketWithReplayTags } from '../packet.ts';
import type { PacketFormat } from '../packet-format.ts';
import {
  type AcceptedPacket,
  type PacketOpener,
  type ReceiveRules,
  receiveWithOpener,
} from '../receive.ts';
import type { SphinxSuite } from '../suite.ts';
import type { CreatedSurb } from '../surb.ts';
import {
  countCommands,
  type DropResult,
  type PeeledCommands,
  type UnwrappedPacket,
} from '../unwrap.ts';
import { Checksum } from './checksum.ts';
import {
  deriveReplayTags,
  HeaderMaker,
  modelledHeaderMac,
  modelledSecret,
  permuteElement,
} from './header.ts';

/** Stands in for the key of a SURB in the checksums of payloads that are not replies. */
const NO_KEY: Uint8Array = new Uint8Array(0);

/** Creates the format with the lengths and key pairs of a suite. */
export function createModelledFormat(suite: SphinxSuite): PacketFormat {
  return new ModelledFormat(suite);
}

class ModelledFormat implements PacketFormat, PacketOpener<PeeledCommands> {
  readonly name = 'modelled';
  readonly geometry: PacketGeometry;
  readonly publicKeyLength: number;
  readonly privateKeyLength: number;
  readonly #suite: SphinxSuite;
  readonly #headers: HeaderMaker;
  readonly #slab = new SlabAllocator();

  constructor(suite: SphinxSuite) {
    this.geometry = suite.geometry;
    this.publicKeyLength = suite.exchange.publicKeyLength;
    this.privateKeyLength = suite.exchange.privateKeyLength;
    this.#suite = suite;
    this.#headers = new HeaderMaker(suite);
  }

  openKey(privateKey: Uint8Array): NodePrivateKey {
    const own = this.#suite.exchange.openKey(privateKey);
    const secret = modelledSecret(own.publicKey);
    return {
      publicKey: own.publicKey,
      secretOf: (): Uint8Array => secret,
      wipe(): void {
        own.wipe();
        wipe(secret);
      },
    };
  }

  createPacket(
    input: PathWithRandomness,
    payload: Uint8Array,
  ): PacketWithReplayTags | { readonly refusal: PathRefusal } {
    const { forwardPayloadLength } = this.geometry;
    if (payload.length !== forwardPayloadLength) return { refusal: 'payload-length' };
    const packet = this.#slab.take(this.geometry.packetLength);
    const random = this.#headers.create(input, packet);
    if ('refusal' in random) return random;
    this.#addPayload(packet, payload, NO_KEY);
    return new ModelledPacket(packet, random, input.path);
  }

  receive(rules: ReceiveRules, packet: Uint8Array): AcceptedPacket | DropResult<NodeDropReason> {
    return receiveWithOpener(this, rules, packet);
  }

  peel(key: NodePrivateKey, packet: Uint8Array): PeeledCommands | DropResult<UnwrapDropReason> {
    const { routingInfoOffset, macOffset, commandsLength } = this.geometry;
    const element = packet.subarray(VERSION_LENGTH, routingInfoOffset);
    const secret = key.secretOf(element);
    if (secret === undefined) return { drop: 'low-order-point' };
    const slots = packet.subarray(routingInfoOffset, macOffset);
    const checksum = modelledHeaderMac(secret, element, slots);
    if (!checksum.isAt(packet, macOffset, macOffset + MAC_LENGTH)) return { drop: 'mac-mismatch' };
    // A copy: the slots move when the packet is forwarded.
    const commands = this.#suite.parseSlot(this.#slab.copyOf(slots, 0, commandsLength));
    if (commands === undefined) return { drop: 'bad-command' };
    if (countCommands(commands, 'surbReply') > 1) return { drop: 'bad-command' };
    return { replayTag: element.slice(0, REPLAY_TAG_LENGTH), commands };
  }

  advance(
    peeled: PeeledCommands,
    packet: Uint8Array,
  ): UnwrappedPacket | DropResult<UnwrapDropReason> {
    const { commands, replayTag } = peeled;
    const nextNode = commands.find((command) => command.kind === 'nextNode');
    if (nextNode !== undefined) {
      this.#moveOn(packet, nextNode.mac);
      return { kind: 'forward', nextNode: nextNode.id, commands, replayTag };
    }
    const payload = packet.subarray(this.geometry.headerLength);
    const surbReply = commands.find((command) => command.kind === 'surbReply');
    if (surbReply !== undefined) {
      return { kind: 'surbReply', surbId: surbReply.id, payload, commands, replayTag };
    }
    const opened = openPayload(payload, NO_KEY);
    if (opened === undefined) return { drop: 'payload-tag' };
    return { kind: 'deliver', payload: opened, commands, replayTag };
  }

  createSurb(input: PathWithRandomness): CreatedSurb | { readonly refusal: PathRefusal } {
    const own = input.random(SPRP_KEY_MATERIAL_LENGTH);
    const surb = new Uint8Array(this.geometry.surbLength);
    const header = this.#headers.create(input, surb);
    if ('refusal' in header) return header;
    const { headerLength } = this.geometry;
    surb.set((input.path[0] as PathHop).id, headerLength);
    surb.set(own, headerLength + NODE_ID_LENGTH);
    const layers = new Uint8Array(SPRP_KEY_MATERIAL_LENGTH * input.path.length);
    return { surb, keys: concatBytes(layers, own) };
  }

  createReply(surb: Uint8Array, payload: Uint8Array): CreatedPacket | DropResult<SurbDropReason> {
    const { surbLength, headerLength, forwardPayloadLength } = this.geometry;
    if (surb.length !== surbLength) return { drop: 'surb-length' };
    if (payload.length !== forwardPayloadLength) return { drop: 'payload-format' };
    const keyOffset = headerLength + NODE_ID_LENGTH;
    const packet = this.#slab.take(this.geometry.packetLength);
    packet.set(surb.subarray(0, headerLength));
    this.#addPayload(packet, payload, surb.subarray(keyOffset));
    return { packet, firstHop: surb.slice(headerLength, keyOffset) };
  }

  openReply(
    payload: Uint8Array,
    keys: Uint8Array,
  ): { readonly payload: Uint8Array } | DropResult<SurbDropReason> {
    if (keys.length % SPRP_KEY_MATERIAL_LENGTH !== 0) return { drop: 'surb-keys' };
    if (keys.length < 2 * SPRP_KEY_MATERIAL_LENGTH) return { drop: 'surb-keys' };
    const own = keys.subarray(keys.length - SPRP_KEY_MATERIAL_LENGTH);
    const opened = openPayload(payload, own);
    return opened === undefined ? { drop: 'surb-tag' } : { payload: opened };
  }

  #addPayload(packet: Uint8Array, payload: Uint8Array, key: Uint8Array): void {
    const { headerLength } = this.geometry;
    new Checksum().add(key).add(payload).writeTo(packet, headerLength);
    packet.set(payload, headerLength + PAYLOAD_TAG_LENGTH);
  }

  /** Removes the first slot, appends one of zeros, and changes the element. */
  #moveOn(packet: Uint8Array, mac: Uint8Array): void {
    const { routingInfoOffset, macOffset, perHopRoutingInfoLength } = this.geometry;
    packet.copyWithin(routingInfoOffset, routingInfoOffset + perHopRoutingInfoLength, macOffset);
    packet.fill(0, macOffset - perHopRoutingInfoLength, macOffset);
    packet.set(mac, macOffset);
    permuteElement(packet, VERSION_LENGTH);
  }
}

/**
 * A packet with the facts that its creator knows; a class, so that no closure is created for each
 * packet.
 */
class ModelledPacket implements PacketWithReplayTags {
  readonly packet: Uint8Array;
  readonly #random: Uint8Array;
  readonly #path: readonly PathHop[];

  constructor(packet: Uint8Array, random: Uint8Array, path: readonly PathHop[]) {
    this.packet = packet;
    this.#random = random;
    this.#path = path;
  }

  get firstHop(): Uint8Array {
    return (this.#path[0] as PathHop).id;
  }

  replayTags(): readonly Uint8Array[] {
    return deriveReplayTags(this.#random, this.#path.length);
  }
}

/** The forward payload, if the checksum before it matches. */
function openPayload(payload: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (payload.length < PAYLOAD_TAG_LENGTH) return undefined;
  const opened = payload.subarray(PAYLOAD_TAG_LENGTH);
  const checksum = new Checksum().add(key).add(opened);
  return checksum.isAt(payload, 0, PAYLOAD_TAG_LENGTH) ? opened : undefined;
}
