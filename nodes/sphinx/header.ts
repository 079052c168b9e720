/**
 * Headers of packets and SURBs, as made by their creator (katzenpost, core/sphinx/sphinx.go
 * `createHeader`, core/sphinx/kemsphinx.go `createKEMHeader`).
 *
 * Randomness is taken from the given source in this order: the ephemeral secret (NIKE) or the coins
 * of each hop (KEM), then the filler of unused slots.
 *
 * @module
 */

import { concatBytes } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import { encodeCommands, encodedCommandsLength, type RoutingCommand } from './commands.ts';
import { blindingFactor, type HopKeys, type PayloadKey } from './crypto.ts';
import type { PathRefusal } from './drops.ts';
import type { Kem, Nike } from './exchange.ts';
import { NEXT_NODE_LENGTH, NODE_ID_LENGTH, VERSION_LENGTH } from './geometry.ts';
import type { SphinxSuite } from './suite.ts';

/** One hop of a path. */
export interface PathHop {
  /** Identifier of the node, 32 bytes. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The commands except the next-node command, which follows from the path. */
  readonly commands: readonly RoutingCommand[];
}

/** A path for a packet or SURB, and the source of randomness for its header. */
export interface PathWithRandomness {
  readonly path: readonly PathHop[];
  /** Returns `length` fresh random bytes, for example `host.randomBytes`. */
  readonly random: (length: number) => Uint8Array;
}

/** A header, and the keys and elements that its creator knows. */
export interface CreatedHeader {
  readonly header: Uint8Array;
  /** The payload keys of the hops, first to last. */
  readonly payloadKeys: readonly PayloadKey[];
  /** The elements seen by the hops, first to last. */
  readonly elements: readonly Uint8Array[];
}

/** Makes headers of one format, with the lengths of a suite. */
export type MakeHeader<Suite extends SphinxSuite = SphinxSuite> = (
  suite: Suite,
  input: PathWithRandomness,
) => CreatedHeader | { readonly refusal: PathRefusal };

/** The secrets that a sender shares with one hop. */
interface HopSecret {
  readonly keys: HopKeys;
  /** The element seen by this hop. */
  readonly element: Uint8Array;
}

/** Creates a header for a path, or returns why it cannot. */
export function createHeader(
  suite: SphinxSuite,
  input: PathWithRandomness,
): CreatedHeader | { readonly refusal: PathRefusal } {
  const { path, random } = input;
  const refusal = checkPath(suite, path);
  if (refusal !== undefined) return { refusal };
  const { exchange } = suite;
  const secrets =
    exchange.kind === 'nike'
      ? nikeSecrets(suite, exchange, input)
      : kemSecrets(suite, exchange, input);
  if (secrets === undefined) return { refusal: 'key-invalid' };
  const { nrHops, perHopRoutingInfoLength } = suite.geometry;
  const fillerLength = (nrHops - path.length) * perHopRoutingInfoLength;
  // Random, never zero: otherwise the last hop could count the unused slots.
  const filler = fillerLength > 0 ? random(fillerLength) : new Uint8Array(0);
  return {
    header: wrapSlots({ suite, path, secrets, filler }),
    payloadKeys: secrets.map(({ keys }) => keys),
    elements: secrets.map(({ element }) => element),
  };
}

/** Checks hops, identifiers, keys and commands before anything is made. */
export function checkPath(suite: SphinxSuite, path: readonly PathHop[]): PathRefusal | undefined {
  if (path.length === 0) return 'path-length';
  if (path.length > suite.geometry.nrHops) return 'path-length';
  for (const [index, hop] of path.entries()) {
    const refusal = checkHop(suite, hop, index === path.length - 1 ? 0 : NEXT_NODE_LENGTH);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Checks one hop. @param reserved Bytes of the hop's slot that the next-node command needs. */
function checkHop(suite: SphinxSuite, hop: PathHop, reserved: number): PathRefusal | undefined {
  if (hop.id.length !== NODE_ID_LENGTH) return 'node-id-length';
  if (hop.publicKey.length !== suite.exchange.publicKeyLength) return 'key-length';
  if (hop.commands.some(({ kind }) => kind === 'nextNode')) return 'next-node-given';
  const length = encodedCommandsLength(hop.commands) + reserved;
  return length > suite.geometry.commandsLength ? 'commands-length' : undefined;
}

/** Shares a secret with each hop by one ephemeral secret, whose element is blinded at each hop. */
function nikeSecrets(
  suite: SphinxSuite,
  nike: Nike,
  { path, random }: PathWithRandomness,
): readonly HopSecret[] | undefined {
  const ephemeral = random(nike.coinsLength);
  const scalars: Uint8Array[] = [ephemeral];
  const secrets: HopSecret[] = [];
  let element: Uint8Array | undefined = nike.publicKey(ephemeral);
  for (const [index, { publicKey }] of path.entries()) {
    const secret = multiplyAll(nike, scalars, publicKey);
    if (secret === undefined || element === undefined) return undefined;
    const keys = suite.deriveKeys(secret);
    secrets.push({ keys, element });
    if (index === path.length - 1) break;
    const factor = blindingFactor(suite.crypto, keys.blindingSeed);
    scalars.push(factor);
    element = nike.multiply(factor, element);
  }
  for (const scalar of scalars) wipe(scalar);
  return secrets;
}

/** Multiplies an element by several scalars in turn, each clamped as the hops do it. */
function multiplyAll(
  nike: Nike,
  scalars: readonly Uint8Array[],
  element: Uint8Array,
): Uint8Array | undefined {
  let product: Uint8Array | undefined = element;
  for (const scalar of scalars) {
    if (product === undefined) return undefined;
    product = nike.multiply(scalar, product);
  }
  return product;
}

/** Shares a secret with each hop by a ciphertext of its own. */
function kemSecrets(
  suite: SphinxSuite,
  kem: Kem,
  { path, random }: PathWithRandomness,
): readonly HopSecret[] | undefined {
  const secrets: HopSecret[] = [];
  for (const { publicKey } of path) {
    const coins = random(kem.coinsLength);
    const encapsulation = kem.encapsulate(publicKey, coins);
    wipe(coins);
    if (encapsulation === undefined) return undefined;
    const keys = suite.deriveKeys(encapsulation.secret);
    secrets.push({ keys, element: encapsulation.ciphertext });
  }
  return secrets;
}

interface Wrapping {
  readonly suite: SphinxSuite;
  readonly path: readonly PathHop[];
  readonly secrets: readonly HopSecret[];
  readonly filler: Uint8Array;
}

/** Adds one slot at a time at the front, from the last hop to the first. */
function wrapSlots({ suite, path, secrets, filler }: Wrapping): Uint8Array {
  const { streams, paddings } = makeStreams(suite, secrets);
  let routingInfo = filler;
  let mac: Uint8Array = new Uint8Array(0);
  for (let index = path.length - 1; index >= 0; index--) {
    const { keys, element } = secrets[index] as HopSecret;
    const slot = slotOf({ suite, path, secrets, filler }, index, mac);
    routingInfo = concatBytes(slot, routingInfo);
    xorInto(routingInfo, streams[index] as Uint8Array);
    const padding = index > 0 ? (paddings[index - 1] as Uint8Array) : new Uint8Array(0);
    const version = new Uint8Array(VERSION_LENGTH);
    mac = suite.crypto.hmacSha256(keys.macKey, concatBytes(version, element, routingInfo, padding));
  }
  const { element } = secrets[0] as HopSecret;
  return concatBytes(new Uint8Array(VERSION_LENGTH), element, routingInfo, mac);
}

/** The slot of one hop: commands, next-node command, zeros, and for a KEM the next ciphertext. */
function slotOf({ suite, path, secrets }: Wrapping, index: number, mac: Uint8Array): Uint8Array {
  const { geometry, exchange } = suite;
  const slot = new Uint8Array(geometry.perHopRoutingInfoLength);
  const { commands } = path[index] as PathHop;
  const next = path[index + 1];
  if (next === undefined) {
    slot.set(encodeCommands(commands));
    return slot;
  }
  slot.set(encodeCommands([...commands, { kind: 'nextNode', id: next.id, mac }]));
  if (exchange.kind === 'kem') {
    slot.set((secrets[index + 1] as HopSecret).element, geometry.commandsLength);
  }
  return slot;
}

/**
 * The part of each hop's stream that covers the slots, and the padding that earlier hops leave
 * after the slots: each hop appends zeros and decrypts them.
 */
function makeStreams(
  suite: SphinxSuite,
  secrets: readonly HopSecret[],
): { readonly streams: readonly Uint8Array[]; readonly paddings: readonly Uint8Array[] } {
  const { perHopRoutingInfoLength: slotLength, routingInfoLength } = suite.geometry;
  const zeros = new Uint8Array(routingInfoLength + slotLength);
  const streams: Uint8Array[] = [];
  const paddings: Uint8Array[] = [];
  secrets.forEach(({ keys }, index) => {
    const stream = suite.crypto.aesCtr(keys.streamKey, keys.iv, zeros);
    const cut = stream.length - (index + 1) * slotLength;
    const padding = stream.slice(cut);
    const before = paddings[index - 1];
    if (before !== undefined) xorInto(padding, before);
    streams.push(stream.subarray(0, cut));
    paddings.push(padding);
  });
  return { streams, paddings };
}

/** XORs `other` into the start of `bytes`. */
function xorInto(bytes: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < other.length; index++) {
    bytes[index] = (bytes[index] as number) ^ (other[index] as number);
  }
}
