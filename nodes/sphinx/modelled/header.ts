/**
 * Headers of modelled packets, as made by their creator (layout in `format.ts`).
 *
 * @module
 */
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { writeCommands } from '../commands.ts';
import type { PathRefusal } from '../drops.ts';
import { MAC_LENGTH, REPLAY_TAG_LENGTH, VERSION_LENGTH } from '../geometry.ts';
import { checkPath, type PathHop, type PathWithRandomness } from '../header.ts';
import type { SphinxSuite } from '../suite.ts';
import { CHECKSUM_LENGTH, Checksum } from './checksum.ts';

/** Random bytes of an element: the length of a Curve25519 element. */
const ELEMENT_RANDOM_LENGTH = 32;

/** Makes headers one after the other in reused memory: no allocation per hop. */
export class HeaderMaker {
  readonly #suite: SphinxSuite;
  /** Slots of the current path, followed by the zeros that hops append. */
  readonly #slots: Uint8Array;
  /** For each hop, a view of the slots from the hop's own slot on. */
  readonly #seen: readonly Uint8Array[];
  /** The element as seen by each hop. */
  readonly #elements: readonly Uint8Array[];
  readonly #mac = new Uint8Array(MAC_LENGTH);
  /** {@link modelledSecret} by the array object of the public key: directories return the same object in an epoch. */
  readonly #secrets = new WeakMap<Uint8Array, Uint8Array>();

  constructor(suite: SphinxSuite) {
    const { routingInfoLength, perHopRoutingInfoLength, nrHops, elementLength } = suite.geometry;
    const slots = new Uint8Array(2 * routingInfoLength);
    this.#suite = suite;
    this.#slots = slots;
    this.#seen = Array.from({ length: nrHops }, (_, hop) => {
      const at = hop * perHopRoutingInfoLength;
      return slots.subarray(at, at + routingInfoLength);
    });
    this.#elements = Array.from({ length: nrHops }, () => new Uint8Array(elementLength));
  }

  /**
   * Writes a header for a path to the start of `target`, which must be zeros, or returns why it cannot.
   * @param input Its `random` is called for 32 bytes, unless the path is refused.
   * @returns these random bytes, from which {@link deriveReplayTags} computes the tags that hops remember.
   */
  // hot: once per packet.
  create(
    { path, random }: PathWithRandomness,
    target: Uint8Array,
  ): Uint8Array | { readonly refusal: PathRefusal } {
    const refusal = checkPath(this.#suite, path);
    if (refusal !== undefined) return { refusal };
    const { routingInfoOffset, macOffset } = this.#suite.geometry;
    const start = random(ELEMENT_RANDOM_LENGTH);
    this.#fillElements(start, path.length);
    // biome-ignore lint/plugin: no secret, the slots of the model are in the open
    this.#slots.fill(0);
    for (let index = path.length - 1; index >= 0; index--) {
      this.#writeSlot(index, path[index] as PathHop, path[index + 1]);
    }
    target.set(this.#elements[0] as Uint8Array, VERSION_LENGTH);
    target.set(this.#seen[0] as Uint8Array, routingInfoOffset);
    target.set(this.#mac, macOffset);
    return start;
  }

  /** Writes the commands of a hop with the MAC of the next hop; then computes its own MAC. */
  #writeSlot(index: number, hop: PathHop, next: PathHop | undefined): void {
    const slots = this.#slots;
    const at = index * this.#suite.geometry.perHopRoutingInfoLength;
    const end = writeCommands(slots, at, hop.commands);
    if (next !== undefined) {
      writeCommands(slots, end, [{ kind: 'nextNode', id: next.id, mac: this.#mac }]);
    }
    const element = this.#elements[index] as Uint8Array;
    const seen = this.#seen[index] as Uint8Array;
    modelledHeaderMac(this.#secretOf(hop.publicKey), element, seen).writeTo(this.#mac);
  }

  #fillElements(random: Uint8Array, hops: number): void {
    const first = this.#elements[0] as Uint8Array;
    first.set(random);
    for (let hop = 1; hop < hops; hop++) {
      const element = this.#elements[hop] as Uint8Array;
      element.set(this.#elements[hop - 1] as Uint8Array);
      permuteElement(element, 0);
    }
  }

  #secretOf(publicKey: Uint8Array): Uint8Array {
    const known = this.#secrets.get(publicKey);
    if (known !== undefined) return known;
    const secret = modelledSecret(publicKey);
    this.#secrets.set(publicKey, secret);
    return secret;
  }
}

/** The replay tags of a path's hops, first to last, from the random bytes of its header. */
export function deriveReplayTags(random: Uint8Array, hops: number): readonly Uint8Array[] {
  const element = random.slice(0, REPLAY_TAG_LENGTH);
  return Array.from({ length: hops }, (_, hop) => {
    if (hop > 0) permuteElement(element, 0);
    return element.slice();
  });
}

/** The value that modelled packets use in place of a shared secret; anybody can compute it from the public key. */
export function modelledSecret(publicKey: Uint8Array): Uint8Array {
  const secret = new Uint8Array(CHECKSUM_LENGTH);
  new Checksum().add(publicKey).writeTo(secret);
  return secret;
}

/** The checksum that modelled packets have in place of a header's MAC. */
export function modelledHeaderMac(
  secret: Uint8Array,
  element: Uint8Array,
  slots: Uint8Array,
): Checksum {
  return new Checksum().add(secret).add(element).add(slots);
}

/**
 * Stands in for the blinding of an element: a permutation of its first 64 bits, so that two
 * elements never become equal.
 * @param offset Where the element begins.
 */
export function permuteElement(bytes: Uint8Array, offset: number): void {
  let left = readUint32(bytes, offset) | 0;
  let right = readUint32(bytes, offset + 4) | 0;
  // Four rounds of a Feistel network: each round is invertible.
  for (let round = 1; round <= 4; round++) {
    const product = Math.imul(right + round, 0x9e3779b1);
    const sum = left ^ product ^ (product >>> 15);
    left = right;
    right = sum;
  }
  writeUint32(bytes, offset, left);
  writeUint32(bytes, offset + 4, right);
}
