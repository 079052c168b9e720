/**
 * Mixnet: finds the Sphinx packet in a datagram, for runs that measure privacy against adversaries
 * who see the datagrams on links but have no keys (ADR 0012). Nodes never use it.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { LocateMessage, MessageLocation } from '../../engine/host/protocol.ts';
import { packetNumberOnLink } from '../sphinx/index.ts';
import type { MixnetOptions } from './config.ts';
import { packetFormatOf } from './format.ts';
import { COMMAND_LENGTH } from './geometry.ts';
import { FrameCodec } from './wire.ts';

/** Creates the function that finds the packet in a network's datagrams. */
export function createMessageLocator(
  options: MixnetOptions,
  crypto: CryptoProvider,
): LocateMessage {
  const { geometry } = packetFormatOf(crypto, options);
  const codec = new FrameCodec(geometry);
  const payloadOffset = COMMAND_LENGTH + geometry.headerLength;
  return (datagram): MessageLocation | undefined => {
    const frame = codec.decode(datagram, 0, datagram.length);
    if (typeof frame === 'string' || frame.kind !== 'packet') return undefined;
    return { key: packetNumberOnLink(frame.packet), headerOffset: COMMAND_LENGTH, payloadOffset };
  };
}
