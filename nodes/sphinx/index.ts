/**
 * Sphinx packets in the Katzenpost format, generic over the key exchange: the public interface.
 *
 * A library, not a protocol of its own: it has no node, no configuration and no sockets, and it
 * draws no randomness.
 *
 * @module
 */
export type { Command } from './commands.ts';
export {
  type NodeDrop,
  PATH_REFUSALS,
  type PathRefusal,
  SPHINX_DROPS,
  type SurbDrop,
  type UnwrapDrop,
} from './drops.ts';
export {
  type Encapsulation,
  type Exchange,
  hybridKem,
  type Kem,
  type Nike,
  type NodeKey,
  x25519Kem,
  x25519Nike,
} from './exchange.ts';
export {
  createExchange,
  EXCHANGE_NAMES,
  type ExchangeChoice,
} from './exchanges.ts';
export {
  createFormat,
  FORMAT_NAMES,
  type FormatOptions,
  messageNumberOnLink,
  sphinxFormat,
} from './format.ts';
export {
  DEFAULT_HOPS,
  DEFAULT_USER_PAYLOAD_LENGTH,
  type Geometry,
  NODE_ID_LENGTH,
  RECIPIENT_ID_LENGTH,
  REPLAY_TAG_LENGTH,
  SURB_ID_LENGTH,
} from './geometry.ts';
export type { PathHop, PathInput } from './header.ts';
export {
  type CreatedPacket,
  createPacket,
  decodeForward,
  encodeForward,
  type ForwardPayload,
  type TaggedPacket,
} from './packet.ts';
export type { PacketFormat } from './packet-format.ts';
export { type AcceptedPacket, type EpochKey, type ReceiveRules, receivePacket } from './receive.ts';
export { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
export { type CreatedSurb, createReply, createSurb, openReply } from './surb.ts';
export { SurbRing } from './surb-ring.ts';
export { PACKET_FORMAT_TRACE, packetFormatState } from './trace-states.ts';
export { type Dropped, type Unwrapped, unwrap } from './unwrap.ts';
export {
  encodeUnwrapSetup,
  type SettleRules,
  settleUnwrap,
  type UnwrapSetup,
  unwrapJob,
} from './unwrap-job.ts';
