/**
 * Headers of modelled packets as their creator makes them (see `format.ts` for the layout).
 *
 * @module
 */
import { type Command, encodeCommands } from '../commands.ts';
import type { PathRefusal } from '../drops.ts';
import { MAC_LENGTH, VERSION_LENGTH } from '../geometry.ts';
import { checkPath, type PathHop, type PathInput } from '../header.ts';
import type { SphinxSuite } from '../suite.ts';
import { CHECKSUM_LENGTH, Checksum } from './checksum.ts';

/** Random bytes of an element: what a Curve25519 element has. */
export const ELEMENT_RANDOM_LENGTH = 32;

/** Makes a header over a path, or tells why not. Randomness: 32 bytes. */
export function createModelledHeader(
  suite: SphinxSuite,
  input: PathInput,
): Uint8Array | { readonly refusal: PathRefusal } {
  const { path, random } = input;
  const refusal = checkPath(suite, path);
  if (refusal !== undefined) return { refusal };
  const { geometry } = suite;
  const { routingInfoOffset, routingInfoLength, macOffset, perHopRoutingInfoLength } = geometry;
  const elements = elementsOf(geometry.elementLength, random(ELEMENT_RANDOM_LENGTH), path.length);
  // What a hop sees of the slots begins with its own and ends in the zeros that hops append.
  const slots = new Uint8Array(routingInfoLength + path.length * perHopRoutingInfoLength);
  let mac = new Uint8Array(MAC_LENGTH);
  for (let index = path.length - 1; index >= 0; index--) {
    const hop = path[index] as PathHop;
    const at = index * perHopRoutingInfoLength;
    slots.set(encodeCommands(withNextNode(hop.commands, path[index + 1], mac)), at);
    const seen = slots.subarray(at, at + routingInfoLength);
    mac = new Uint8Array(MAC_LENGTH);
    headerChecksum(keyChecksum(hop.publicKey), elements[index] as Uint8Array, seen).writeTo(mac);
  }
  const header = new Uint8Array(geometry.headerLength);
  header.set(elements[0] as Uint8Array, VERSION_LENGTH);
  header.set(slots.subarray(0, routingInfoLength), routingInfoOffset);
  header.set(mac, macOffset);
  return header;
}

function withNextNode(
  commands: readonly Command[],
  next: PathHop | undefined,
  mac: Uint8Array,
): readonly Command[] {
  return next === undefined ? commands : [...commands, { kind: 'nextNode', id: next.id, mac }];
}

/**
 * The element that each hop sees.
 * @param random with which the first one begins; behind it are zeros.
 */
export function elementsOf(
  length: number,
  random: Uint8Array,
  hops: number,
): readonly Uint8Array[] {
  let element = new Uint8Array(length);
  element.set(random);
  return Array.from({ length: hops }, (_, hop) => {
    if (hop > 0) {
      element = element.slice();
      changeElement(element);
    }
    return element;
  });
}

/** What stands for the shared secret: everybody can compute it from the public key. */
export function keyChecksum(publicKey: Uint8Array): Uint8Array {
  const secret = new Uint8Array(CHECKSUM_LENGTH);
  new Checksum().add(publicKey).writeTo(secret);
  return secret;
}

/** What stands for the MAC of a header. */
export function headerChecksum(
  secret: Uint8Array,
  element: Uint8Array,
  slots: Uint8Array,
): Checksum {
  return new Checksum().add(secret).add(element).add(slots);
}

/** What stands for the blinding: a permutation of the first 64 bits, so that none ever meet. */
export function changeElement(element: Uint8Array): void {
  const view = new DataView(element.buffer, element.byteOffset, element.length);
  let left = view.getInt32(0);
  let right = view.getInt32(4);
  // Four rounds of a Feistel network: each is undone by itself.
  for (let round = 1; round <= 4; round++) {
    const product = Math.imul(right + round, 0x9e3779b1);
    const sum = left ^ product ^ (product >>> 15);
    left = right;
    right = sum;
  }
  view.setInt32(0, left);
  view.setInt32(4, right);
}
