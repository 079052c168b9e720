/**
 * Unwrapping: what one private key removes from a packet (katzenpost, core/sphinx/sphinx.go
 * `Unwrap`, core/sphinx/kemsphinx.go).
 *
 * There are two halves, because a node makes further checks in between (`receive.ts`): `peelHeader`
 * only reads, so that several keys can be tried; `advance` changes the packet in place. The payload
 * is not touched before the header is authenticated.
 *
 * @module
 */

import { wipe } from '../_kit/secrets.ts';
import type { NextNode, RoutingCommand } from './commands.ts';
import { blindingFactor, decipherPayload, type HopKeys } from './crypto.ts';
import type { UnwrapDropReason } from './drops.ts';
import type { NodePrivateKey } from './exchange.ts';
import { MAC_LENGTH, PAYLOAD_TAG_LENGTH, type PacketGeometry, VERSION_LENGTH } from './geometry.ts';
import type { SphinxSuite } from './suite.ts';
import { isZero } from './zero.ts';

/** What an opened header says: its commands, and the replay tag. */
export interface PeeledCommands {
  /**
   * The replay tag, which is the same for all packets with the same header: SHA-512/256 of the
   * element.
   */
  readonly replayTag: Uint8Array;
  readonly commands: readonly RoutingCommand[];
}

/** An authenticated header, opened; the packet is unchanged. */
export interface PeeledHeader extends PeeledCommands {
  readonly keys: HopKeys;
  /** The routing info of the next hop. */
  readonly routingInfo: Uint8Array;
  /** KEM only: the ciphertext for the next hop. Empty for a NIKE, whose element is blinded. */
  readonly nextElement: Uint8Array;
}

/** A packet unwrapped with one key; all arrays are views of it, or of its decrypted header. */
export type UnwrappedPacket =
  /** The packet was changed in place and is ready for `nextNode`. */
  | {
      readonly kind: 'forward';
      readonly nextNode: Uint8Array;
      readonly commands: readonly RoutingCommand[];
      readonly replayTag: Uint8Array;
    }
  /** The forward payload, with its tag checked and removed. */
  | {
      readonly kind: 'deliver';
      readonly payload: Uint8Array;
      readonly commands: readonly RoutingCommand[];
      readonly replayTag: Uint8Array;
    }
  /** A reply with its tag, still encrypted: only the SURB's owner can check and read it. */
  | {
      readonly kind: 'surbReply';
      readonly surbId: Uint8Array;
      readonly payload: Uint8Array;
      readonly commands: readonly RoutingCommand[];
      readonly replayTag: Uint8Array;
    };

/** The result for a rejected packet. */
export interface DropResult<Reason extends string> {
  readonly drop: Reason;
}

/**
 * Unwraps `packet` with one key, without the rules of a node: accepts any length that holds a header.
 * @param packet Changed in place. A dropped packet is unchanged, but after `payload-tag` its payload is decrypted.
 */
export function unwrapPacket(
  suite: SphinxSuite,
  key: NodePrivateKey,
  packet: Uint8Array,
): UnwrappedPacket | DropResult<UnwrapDropReason> {
  const shape = checkLengthAndVersion(suite.geometry, packet);
  if (shape !== undefined) return { drop: shape };
  const peeled = peelHeader(suite, key, packet);
  return 'drop' in peeled ? peeled : removeLayer(suite, peeled, packet);
}

/** Checks length and version of a packet, for which no key is needed. */
export function checkLengthAndVersion(
  geometry: PacketGeometry,
  packet: Uint8Array,
): UnwrapDropReason | undefined {
  if (packet.length < geometry.headerLength) return 'truncated';
  return isZero(packet, 0, VERSION_LENGTH) ? undefined : 'unknown-version';
}

/**
 * Opens the header with one key. The packet is not modified.
 * @param packet At least as long as a header; see {@link checkLengthAndVersion}.
 */
export function peelHeader(
  suite: SphinxSuite,
  key: NodePrivateKey,
  packet: Uint8Array,
): PeeledHeader | DropResult<UnwrapDropReason> {
  const { crypto, geometry } = suite;
  const { routingInfoOffset, macOffset } = geometry;
  const element = packet.subarray(VERSION_LENGTH, routingInfoOffset);
  const secret = key.secretOf(element);
  if (secret === undefined) return { drop: 'low-order-point' };
  const keys = suite.deriveKeys(secret);
  wipe(secret);
  const mac = crypto.hmacSha256(keys.macKey, packet.subarray(0, macOffset));
  const received = packet.subarray(macOffset, macOffset + MAC_LENGTH);
  if (!crypto.equal(mac, received)) return { drop: 'mac-mismatch' };
  return readSlot(suite, keys, packet);
}

/** Decrypts the slots with a zero slot appended, and takes the first one. */
function readSlot(
  suite: SphinxSuite,
  keys: HopKeys,
  packet: Uint8Array,
): PeeledHeader | DropResult<UnwrapDropReason> {
  const { crypto, geometry } = suite;
  const { perHopRoutingInfoLength, routingInfoOffset, macOffset } = geometry;
  // The provider only reads the slots, so the appended one stays zero.
  const { slots } = suite;
  slots.set(packet.subarray(routingInfoOffset, macOffset));
  const open = crypto.aesCtr(keys.streamKey, keys.iv, slots);
  const commands = suite.parseSlot(open.subarray(0, geometry.commandsLength));
  if (commands === undefined) return { drop: 'bad-command' };
  // At most one command of each kind. Two next-node commands are longer than a slot, so the parser
  // finds the second one truncated.
  if (countCommands(commands, 'surbReply') > 1) return { drop: 'bad-command' };
  return {
    // The tag of the element as received. It is computed only for authenticated headers.
    replayTag: crypto.sha512Over256(packet.subarray(VERSION_LENGTH, routingInfoOffset)),
    commands,
    keys,
    routingInfo: open.subarray(perHopRoutingInfoLength),
    nextElement: open.subarray(geometry.commandsLength, perHopRoutingInfoLength),
  };
}

/** Counts the commands of one kind in a slot. */
export function countCommands(
  commands: readonly RoutingCommand[],
  kind: RoutingCommand['kind'],
): number {
  let count = 0;
  for (const command of commands) if (command.kind === kind) count++;
  return count;
}

/** Removes the hop's layer: the packet becomes the packet for the next hop, or its payload is returned. */
export function removeLayer(
  suite: SphinxSuite,
  peeled: PeeledHeader,
  packet: Uint8Array,
): UnwrappedPacket | DropResult<UnwrapDropReason> {
  const { commands, keys, replayTag } = peeled;
  const nextNode = commands.find((command) => command.kind === 'nextNode');
  const payload = packet.subarray(suite.geometry.headerLength);
  if (nextNode !== undefined) {
    const element = nextElementOf(suite, peeled, packet);
    if (element === undefined) return { drop: 'low-order-point' };
    decipherPayload(suite.crypto, keys, payload);
    rewriteHeader(suite, packet, { element, routingInfo: peeled.routingInfo, mac: nextNode.mac });
    return { kind: 'forward', nextNode: nextNode.id, commands, replayTag };
  }
  decipherPayload(suite.crypto, keys, payload);
  const surbReply = commands.find((command) => command.kind === 'surbReply');
  // A reply is delivered without checking its tag, because only the SURB's owner can remove the last layer.
  if (surbReply !== undefined) {
    return { kind: 'surbReply', surbId: surbReply.id, payload, commands, replayTag };
  }
  if (!hasZeroTag(payload)) return { drop: 'payload-tag' };
  return { kind: 'deliver', payload: payload.subarray(PAYLOAD_TAG_LENGTH), commands, replayTag };
}

/** True when a payload begins with a complete zero tag; always reads all of it. */
export function hasZeroTag(payload: Uint8Array): boolean {
  if (payload.length < PAYLOAD_TAG_LENGTH) return false;
  return isZero(payload, 0, PAYLOAD_TAG_LENGTH);
}

function nextElementOf(
  suite: SphinxSuite,
  peeled: PeeledHeader,
  packet: Uint8Array,
): Uint8Array | undefined {
  const { exchange, geometry, crypto } = suite;
  if (exchange.kind === 'kem') return peeled.nextElement;
  const element = packet.subarray(VERSION_LENGTH, geometry.routingInfoOffset);
  return exchange.multiply(blindingFactor(crypto, peeled.keys.blindingSeed), element);
}

interface NextHeader {
  readonly element: Uint8Array;
  readonly routingInfo: Uint8Array;
  readonly mac: NextNode['mac'];
}

/** Writes the header for the next hop. The version stays: it has been checked to be zero. */
function rewriteHeader({ geometry }: SphinxSuite, packet: Uint8Array, next: NextHeader): void {
  packet.set(next.element, VERSION_LENGTH);
  packet.set(next.routingInfo, geometry.routingInfoOffset);
  packet.set(next.mac, geometry.macOffset);
}
