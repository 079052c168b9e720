/**
 * Mixnet: where in a datagram the Sphinx packet is, for adversaries of privacy runs who can see
 * inside the channels of links but have no keys (ADR 0012). Nodes never use it.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { LocateMessage, MessageLocation } from '../../engine/host/protocol.ts';
import { messageNumberOnLink } from '../sphinx/index.ts';
import type { MixnetOptions } from './config.ts';
import { formatOf } from './format.ts';
import { COMMAND_LENGTH } from './geometry.ts';
import { FrameCodec } from './wire.ts';

/** Creates the reader for a network's datagrams. */
export function messagesOf(options: MixnetOptions, crypto: CryptoProvider): LocateMessage {
  const { geometry } = formatOf(crypto, options);
  const codec = new FrameCodec(geometry);
  const payloadOffset = COMMAND_LENGTH + geometry.headerLength;
  return (datagram): MessageLocation | undefined => {
    const frame = codec.decode(datagram, 0, datagram.length);
    if (typeof frame === 'string' || frame.kind !== 'packet') return undefined;
    return { key: messageNumberOnLink(frame.packet), headerOffset: COMMAND_LENGTH, payloadOffset };
  };
}
