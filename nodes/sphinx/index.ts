/**
 * Sphinx packets in the Katzenpost format, generic over the key exchange: the public interface.
 *
 * A library, not a protocol of its own: it has no node, no configuration and no sockets, and it
 * draws no randomness.
 *
 * @module
 */
export type { RoutingCommand } from './commands.ts';
export {
  type NodeDropReason,
  PATH_REFUSALS,
  type PathRefusal,
  SPHINX_DROP_REASONS,
  type SurbDropReason,
  type UnwrapDropReason,
} from './drops.ts';
export {
  type Encapsulation,
  hybridKem,
  type Kem,
  type Nike,
  type NodePrivateKey,
  type SphinxKeyExchange,
  x25519Kem,
  x25519Nike,
} from './exchange.ts';
export {
  createKeyExchange,
  KEY_EXCHANGE_NAMES,
  type KeyExchangeOption,
} from './exchanges.ts';
export {
  createPacketFormat,
  createSphinxFormat,
  PACKET_FORMAT_NAMES,
  type PacketFormatOptions,
  packetNumberOnLink,
} from './format.ts';
export {
  DEFAULT_HOPS,
  DEFAULT_USER_PAYLOAD_LENGTH,
  NODE_ID_LENGTH,
  type PacketGeometry,
  RECIPIENT_ID_LENGTH,
  REPLAY_TAG_LENGTH,
  SURB_ID_LENGTH,
} from './geometry.ts';
export type { PathHop, PathWithRandomness } from './header.ts';
export {
  type CreatedPacket,
  createPacket,
  decodeForwardPlaintext,
  encodeForwardPlaintext,
  type ForwardPayload,
  type PacketWithReplayTags,
} from './packet.ts';
export type { PacketFormat } from './packet-format.ts';
export { type AcceptedPacket, type EpochKey, type ReceiveRules, receivePacket } from './receive.ts';
export { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
export { type CreatedSurb, createReply, createSurb, openReply } from './surb.ts';
export { PendingSurbKeys } from './surb-ring.ts';
export { PACKET_FORMAT_TRACE, packetFormatState } from './trace-states.ts';
export { type DropResult, type UnwrappedPacket, unwrapPacket } from './unwrap.ts';
export {
  completeUnwrap,
  encodeUnwrapSetup,
  type UnwrapCompletionRules,
  type UnwrapSetup,
  unwrapJob,
} from './unwrap-job.ts';
