/**
 * Headers of the Outfox-like research format, made by senders and opened by hops. A construction of
 * this project after the ideas of Outfox (Rial, Piotrowska, Halpin, arXiv 2412.19937: one
 * encapsulation per hop, for layered networks with routes of equal length, fewer operations); **no
 * interoperability vectors** exist.
 *
 * Fields and lengths are those of Katzenpost's KEM modes. Two things differ: the keys are derived
 * under another label, and each hop is told how many hops are left, so that it knows which slots
 * are real. The hop overwrites the other slots with its own stream, so there is no padding for all hops:
 *
 * ```
 * slot   = commands, zeros | hops left (1) | ciphertext of the next hop (E)
 * stream = AES-CTR over one slot more than the header has
 * seen by hop i, r hops left:  real slots (r) XOR stream_i | stream_(i-1) from slot r + 1 on
 * MAC    = HMAC over version, ciphertext and all slots, real or not
 * ```
 * Thus a hop learns its position, which it knows in a layered network anyway; observers of links do
 * not.
 *
 * @module
 */

import { concatBytes } from '../../_kit/bytes.ts';
import { wipe } from '../../_kit/secrets.ts';
import { encodeCommands, encodedCommandsLength } from '../commands.ts';
import type { HopKeys } from '../crypto.ts';
import type { PathRefusal, UnwrapDropReason } from '../drops.ts';
import type { NodePrivateKey } from '../exchange.ts';
import { MAC_LENGTH, NEXT_NODE_LENGTH, VERSION_LENGTH } from '../geometry.ts';
import { type CreatedHeader, checkPath, type PathHop, type PathWithRandomness } from '../header.ts';
import { countCommands, type DropResult, type PeeledHeader } from '../unwrap.ts';
import type { OutfoxSuite } from './suite.ts';

/** Length of the field that states the number of hops left, in bytes. */
const LEFT_LENGTH = 1;

/** The secrets that a sender shares with one hop. */
interface HopSecret {
  readonly keys: HopKeys;
  readonly ciphertext: Uint8Array;
  /** Stream of the hop, one slot longer than the slots of the header. */
  readonly stream: Uint8Array;
}

/**
 * Creates a header for a path, or returns why it cannot. Randomness is drawn in this order: the coins of each
 * hop, then the filler.
 */
export function createHeader(
  suite: OutfoxSuite,
  input: PathWithRandomness,
): CreatedHeader | { readonly refusal: PathRefusal } {
  const { path, random } = input;
  const refusal = checkPath(suite, path) ?? checkRoom(suite, path);
  if (refusal !== undefined) return { refusal };
  const secrets = secretsOf(suite, input);
  if (secrets === undefined) return { refusal: 'key-invalid' };
  const { nrHops, perHopRoutingInfoLength } = suite.geometry;
  const filler = random((nrHops - path.length) * perHopRoutingInfoLength);
  return {
    header: wrap(suite, path, secrets, filler),
    payloadKeys: secrets.map(({ keys }) => keys),
    elements: secrets.map(({ ciphertext }) => ciphertext),
  };
}

/**
 * Opens the header with one key. The packet is not modified.
 * @param packet At least as long as a header.
 */
export function peelHeader(
  suite: OutfoxSuite,
  key: NodePrivateKey,
  packet: Uint8Array,
): PeeledHeader | DropResult<UnwrapDropReason> {
  const { crypto, geometry } = suite;
  const { routingInfoOffset, macOffset } = geometry;
  const ciphertext = packet.subarray(VERSION_LENGTH, routingInfoOffset);
  const secret = key.secretOf(ciphertext);
  if (secret === undefined) return { drop: 'low-order-point' };
  const keys = suite.deriveKeys(secret);
  wipe(secret);
  const mac = crypto.hmacSha256(keys.macKey, packet.subarray(0, macOffset));
  if (!crypto.equal(mac, packet.subarray(macOffset, macOffset + MAC_LENGTH))) {
    return { drop: 'mac-mismatch' };
  }
  return readSlots(suite, keys, packet);
}

function readSlots(
  suite: OutfoxSuite,
  keys: HopKeys,
  packet: Uint8Array,
): PeeledHeader | DropResult<UnwrapDropReason> {
  const { crypto, geometry } = suite;
  const { routingInfoOffset, macOffset, commandsLength, perHopRoutingInfoLength } = geometry;
  const seen = packet.subarray(routingInfoOffset, macOffset);
  const stream = streamOf(suite, keys);
  const slot = seen.slice(0, perHopRoutingInfoLength);
  xorInto(slot, stream);
  const left = slot[commandsLength - LEFT_LENGTH] as number;
  const commands = suite.parseSlot(slot.subarray(0, commandsLength - LEFT_LENGTH));
  if (commands === undefined || left < 1 || left > geometry.nrHops) return { drop: 'bad-command' };
  if (countCommands(commands, 'surbReply') > 1) return { drop: 'bad-command' };
  // Only the last hop has no next node.
  if (countCommands(commands, 'nextNode') !== (left === 1 ? 0 : 1)) return { drop: 'bad-command' };
  const realLength = left * perHopRoutingInfoLength;
  const real = seen.slice(0, realLength);
  xorInto(real, stream);
  return {
    replayTag: crypto.sha512Over256(packet.subarray(VERSION_LENGTH, routingInfoOffset)),
    commands,
    keys,
    routingInfo: concatBytes(real.subarray(perHopRoutingInfoLength), stream.subarray(realLength)),
    nextElement: slot.subarray(commandsLength),
  };
}

/** Checks that each slot has room for the number of hops left. */
function checkRoom({ geometry }: OutfoxSuite, path: readonly PathHop[]): PathRefusal | undefined {
  const room = geometry.commandsLength - LEFT_LENGTH;
  const isTooLong = path.some(({ commands }, index) => {
    const next = index === path.length - 1 ? 0 : NEXT_NODE_LENGTH;
    return encodedCommandsLength(commands) + next > room;
  });
  return isTooLong ? 'commands-length' : undefined;
}

/** Shares a secret with each hop by one encapsulation. */
function secretsOf(
  suite: OutfoxSuite,
  { path, random }: PathWithRandomness,
): readonly HopSecret[] | undefined {
  const secrets: HopSecret[] = [];
  for (const { publicKey } of path) {
    const coins = random(suite.exchange.coinsLength);
    const made = suite.exchange.encapsulate(publicKey, coins);
    wipe(coins);
    if (made === undefined) return undefined;
    const keys = suite.deriveKeys(made.secret);
    secrets.push({ keys, ciphertext: made.ciphertext, stream: streamOf(suite, keys) });
  }
  return secrets;
}

/** Adds one slot at a time at the front, from the last hop to the first. */
function wrap(
  suite: OutfoxSuite,
  path: readonly PathHop[],
  secrets: readonly HopSecret[],
  filler: Uint8Array,
): Uint8Array {
  const { perHopRoutingInfoLength } = suite.geometry;
  const version = new Uint8Array(VERSION_LENGTH);
  let real: Uint8Array = new Uint8Array(0);
  let mac: Uint8Array = new Uint8Array(0);
  for (let index = path.length - 1; index >= 0; index--) {
    const { keys, ciphertext, stream } = secrets[index] as HopSecret;
    real = concatBytes(slotOf(suite, path, secrets, { index, mac }), real);
    xorInto(real, stream);
    const before = secrets[index - 1];
    // The bytes that the previous hop, which has one real slot more, puts after the real slots left to this hop.
    const rest = before?.stream.subarray(real.length + perHopRoutingInfoLength) ?? filler;
    mac = suite.crypto.hmacSha256(keys.macKey, concatBytes(version, ciphertext, real, rest));
  }
  return concatBytes(version, (secrets[0] as HopSecret).ciphertext, real, filler, mac);
}

function slotOf(
  { geometry }: OutfoxSuite,
  path: readonly PathHop[],
  secrets: readonly HopSecret[],
  { index, mac }: { readonly index: number; readonly mac: Uint8Array },
): Uint8Array {
  const slot = new Uint8Array(geometry.perHopRoutingInfoLength);
  const { commands } = path[index] as PathHop;
  const next = path[index + 1];
  const own = next === undefined ? [] : [{ kind: 'nextNode' as const, id: next.id, mac }];
  slot.set(encodeCommands([...commands, ...own]));
  slot[geometry.commandsLength - LEFT_LENGTH] = path.length - index;
  const behind = secrets[index + 1];
  if (behind !== undefined) slot.set(behind.ciphertext, geometry.commandsLength);
  return slot;
}

/** The stream of a hop: it covers its slots and one slot more. */
function streamOf({ crypto, slots }: OutfoxSuite, { streamKey, iv }: HopKeys): Uint8Array {
  // biome-ignore lint/plugin: no secret, the zeros that the stream is taken from
  slots.fill(0);
  return crypto.aesCtr(streamKey, iv, slots);
}

/** XORs the start of `other` into `bytes`. */
function xorInto(bytes: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (bytes[index] as number) ^ (other[index] as number);
  }
}
