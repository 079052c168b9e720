/**
 * Selects the packet format of a network: Katzenpost's packets, packets of the research format, or
 * modelled packets if the crypto provider is `modelled`. All are behind {@link PacketFormat}.
 *
 * @module
 */
import { readUint48 } from '../_kit/bytes.ts';
import { VERSION_LENGTH } from './geometry.ts';
import { createHeader } from './header.ts';
import { createLayeredFormat } from './layered-format.ts';
import { createModelledFormat } from './modelled/format.ts';
import { createOutfoxLikeFormat } from './outfox-like/format.ts';
import type { PacketFormat } from './packet-format.ts';
import { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
import { peelHeader } from './unwrap.ts';

/** Names of the formats: Katzenpost's, and a format for research, for which there are no test vectors. */
export const PACKET_FORMAT_NAMES = ['katzenpost', 'outfox-like-research'] as const;

/** The options from which a format is created. */
export interface PacketFormatOptions extends SuiteOptions {
  /** Name of the format; Katzenpost's by default. */
  readonly format?: (typeof PACKET_FORMAT_NAMES)[number];
}

/**
 * Creates the requested format; `crypto: modelled` always gets modelled packets.
 * @throws RangeError when hops or user data are out of range, or format and exchange are
 * incompatible.
 */
export function createPacketFormat(options: PacketFormatOptions): PacketFormat {
  const suite = createSuite(options);
  if (options.crypto.name === 'modelled') return createModelledFormat(suite);
  return options.format === 'outfox-like-research'
    ? createOutfoxLikeFormat(suite)
    : createSphinxFormat(suite);
}

/** Katzenpost's format, with real cryptography. */
export function createSphinxFormat(suite: SphinxSuite): PacketFormat {
  return createLayeredFormat({
    name: 'sphinx',
    suite,
    makeHeader: createHeader,
    peel: (key, packet) => peelHeader(suite, key, packet),
  });
}

/**
 * A number that identifies a packet on one link for a measuring observer: both ends of the link compute the
 * same number, and the number changes at each hop.
 * @param packet At least 8 bytes.
 * @returns the first 48 bits of the element, a safe integer.
 */
export function packetNumberOnLink(packet: Uint8Array): number {
  return readUint48(packet, VERSION_LENGTH);
}
