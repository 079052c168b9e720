/**
 * What a node does with a received packet, as a flat list of checks (docs/spec/mixnet.md, Packets
 * at a mix; katzenpost, server/internal/packet and cryptoworker). Every check is named by its drop
 * reason.
 *
 * Time, queues and sockets belong to the node; replay tags and topology are queried through {@link
 * ReceiveRules}.
 *
 * @module
 */
import type { RoutingCommand } from './commands.ts';
import type { NodeDropReason, UnwrapDropReason } from './drops.ts';
import type { NodePrivateKey } from './exchange.ts';
import type { PacketGeometry } from './geometry.ts';
import type { SphinxSuite } from './suite.ts';
import {
  checkLengthAndVersion,
  countCommands,
  type DropResult,
  type PeeledCommands,
  type PeeledHeader,
  peelHeader,
  removeLayer,
  type UnwrappedPacket,
} from './unwrap.ts';

/** A private key and the replay tags accepted under it. */
export interface EpochKey {
  readonly key: NodePrivateKey;
  /**
   * Enters a tag.
   * @returns false when the tag is already there: the packet is a replay.
   */
  enterTag(replayTag: Uint8Array): boolean;
}

/** The rules of a node for accepting packets. */
export interface ReceiveRules {
  /**
   * Keys to try, the present one first; near the ends of an epoch also the neighbouring epoch's
   * key.
   */
  readonly keys: readonly EpochKey[];
  /** Longest delay to accept, in milliseconds: three epochs. */
  readonly delayMsMax: number;
  /** True if the topology allows packets to go from this node to that node. */
  isNextHop(nodeId: Uint8Array): boolean;
}

/** A packet that was opened and accepted, and how long to delay it. */
export interface AcceptedPacket {
  readonly unwrapped: UnwrappedPacket;
  /** The requested delay, ms; 0 if there is none, which is allowed for terminal packets. */
  readonly delayMs: number;
}

/** How packets of a format are opened: the parts that handle keys and bytes. */
export interface PacketOpener<Peeled extends PeeledCommands> {
  readonly geometry: PacketGeometry;
  /** Opens the header with one key; the packet is not modified. */
  peel(key: NodePrivateKey, packet: Uint8Array): Peeled | DropResult<UnwrapDropReason>;
  /** Removes the hop's layer from the packet, in place. */
  advance(peeled: Peeled, packet: Uint8Array): UnwrappedPacket | DropResult<UnwrapDropReason>;
}

/** Makes the opener of Katzenpost's packets for a suite. */
function sphinxOpener(suite: SphinxSuite): PacketOpener<PeeledHeader> {
  return {
    geometry: suite.geometry,
    peel: (key, packet) => peelHeader(suite, key, packet),
    advance: (peeled, packet) => removeLayer(suite, peeled, packet),
  };
}

/** Opens a packet and decides what happens to it. On success the packet is changed in place. */
export function receivePacket(
  suite: SphinxSuite,
  rules: ReceiveRules,
  packet: Uint8Array,
): AcceptedPacket | DropResult<NodeDropReason> {
  return receiveWithOpener(sphinxOpener(suite), rules, packet);
}

/** Opens a packet and decides what happens to it, for any format; see {@link receivePacket}. */
export function receiveWithOpener<Peeled extends PeeledCommands>(
  opener: PacketOpener<Peeled>,
  rules: ReceiveRules,
  packet: Uint8Array,
): AcceptedPacket | DropResult<NodeDropReason> {
  const { geometry } = opener;
  const shape = checkLengthAndVersion(geometry, packet) ?? checkLength(geometry, packet);
  if (shape !== undefined) return { drop: shape };
  const opened = openWithAnyKey(opener, rules.keys, packet);
  if ('drop' in opened) return opened;
  const { peeled, epochKey } = opened;
  const drop =
    checkCommandSet(peeled.commands) ??
    checkReplay(epochKey, peeled.replayTag) ??
    checkDelay(peeled.commands, rules.delayMsMax) ??
    checkNextHop(peeled.commands, rules);
  if (drop !== undefined) return { drop };
  const unwrapped = opener.advance(peeled, packet);
  if ('drop' in unwrapped) return unwrapped;
  return { unwrapped, delayMs: delayOf(peeled.commands) };
}

/** Requires the exact length: otherwise a shortened payload would be forwarded unnoticed. */
function checkLength(geometry: PacketGeometry, packet: Uint8Array): NodeDropReason | undefined {
  return packet.length === geometry.packetLength ? undefined : 'wrong-length';
}

/**
 * Tries one key after the other. Two drops end the search: a low-order point, because it is of low order for
 * every key, and a malformed slot after a valid MAC, because the packet was made for this key.
 */
function openWithAnyKey<Peeled extends PeeledCommands>(
  opener: PacketOpener<Peeled>,
  keys: readonly EpochKey[],
  packet: Uint8Array,
): { readonly peeled: Peeled; readonly epochKey: EpochKey } | DropResult<NodeDropReason> {
  for (const epochKey of keys) {
    const peeled = opener.peel(epochKey.key, packet);
    if (!('drop' in peeled)) return { peeled, epochKey };
    if (peeled.drop !== 'mac-mismatch') return peeled;
  }
  return { drop: 'mac-mismatch' };
}

/**
 * Three sets of commands are allowed. Forward: next node and delay; to user: a recipient; SURB reply: a
 * recipient and a SURB identifier. The last two sets may include a delay.
 */
function checkCommandSet(commands: readonly RoutingCommand[]): NodeDropReason | undefined {
  const nextNodes = countCommands(commands, 'nextNode');
  const delays = countCommands(commands, 'nodeDelay');
  const recipients = countCommands(commands, 'recipient');
  const surbReplies = countCommands(commands, 'surbReply');
  const windows = countCommands(commands, 'nodeWindow');
  const isForward = nextNodes === 1 && delays === 1 && recipients === 0 && surbReplies === 0;
  const isTerminal = nextNodes === 0 && delays <= 1 && recipients === 1;
  if (windows > (isForward ? 1 : 0)) return 'bad-command-set';
  return isForward || isTerminal ? undefined : 'bad-command-set';
}

/**
 * Refuses replays. Called after the MAC was checked, because otherwise anybody could fill the replay filter with
 * made-up elements, and before the payload is decrypted.
 */
function checkReplay(epochKey: EpochKey, replayTag: Uint8Array): NodeDropReason | undefined {
  return epochKey.enterTag(replayTag) ? undefined : 'replay';
}

function checkDelay(
  commands: readonly RoutingCommand[],
  delayMsMax: number,
): NodeDropReason | undefined {
  return delayOf(commands) > delayMsMax ? 'delay-impossible' : undefined;
}

function checkNextHop(
  commands: readonly RoutingCommand[],
  rules: ReceiveRules,
): NodeDropReason | undefined {
  const next = commands.find((command) => command.kind === 'nextNode');
  if (next === undefined) return undefined;
  return rules.isNextHop(next.id) ? undefined : 'next-hop-invalid';
}

function delayOf(commands: readonly RoutingCommand[]): number {
  const delay = commands.find((command) => command.kind === 'nodeDelay');
  return delay?.delayMs ?? 0;
}
