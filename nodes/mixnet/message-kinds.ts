/**
 * The kinds of packets in a mixnet and the purpose of each, which observers are told (ADR 0044).
 *
 * @module
 */
import type { MessagePurpose } from '../../engine/host/privacy.ts';

/** The kinds of Sphinx packets that nodes of a mixnet make (Loopix, USENIX Security 2017). */
export const MIXNET_PACKET_KINDS = {
  /** A fragment of a message of the application. */
  payload: 'content',
  /** A reply that acknowledges a fragment, sent with the fragment's SURB. */
  ack: 'reaction',
  /** A packet that a client sends to itself. */
  loop: 'cover',
  /** A packet that a client sends to a random provider, which drops it. */
  'drop-cover': 'cover',
  /** A packet that a mix or provider sends to itself. */
  'mix-loop': 'cover',
} as const satisfies Readonly<Record<string, MessagePurpose>>;
/** A kind of Sphinx packet. */
export type MixnetPacketKind = keyof typeof MIXNET_PACKET_KINDS;
