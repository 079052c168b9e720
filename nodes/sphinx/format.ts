/**
 * Selects the packet format of a network: real packets, those of the research format, or modelled
 * ones if the crypto provider is `modelled`. All are behind {@link PacketFormat}.
 *
 * @module
 */
import { readUint48 } from '../_kit/bytes.ts';
import { VERSION_LENGTH } from './geometry.ts';
import { createHeader } from './header.ts';
import { layeredFormat } from './layered-format.ts';
import { createModelledFormat } from './modelled/format.ts';
import { createOutfoxLikeFormat } from './outfox-like/format.ts';
import type { PacketFormat } from './packet-format.ts';
import { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
import { peelHeader } from './unwrap.ts';

/** Formats by name: Katzenpost's, and one for research, for which there are no test vectors. */
export const FORMAT_NAMES = ['katzenpost', 'outfox-like-research'] as const;

/** The input for a format. */
export interface FormatOptions extends SuiteOptions {
  /** Name of the format; Katzenpost's by default. */
  readonly format?: (typeof FORMAT_NAMES)[number];
}

/**
 * Creates the requested format; `crypto: modelled` always gets modelled packets.
 * @throws RangeError when hops or user data are out of range, or format and exchange are
 * incompatible.
 */
export function createFormat(options: FormatOptions): PacketFormat {
  const suite = createSuite(options);
  if (options.crypto.name === 'modelled') return createModelledFormat(suite);
  return options.format === 'outfox-like-research'
    ? createOutfoxLikeFormat(suite)
    : sphinxFormat(suite);
}

/** Katzenpost's format, with real cryptography. */
export function sphinxFormat(suite: SphinxSuite): PacketFormat {
  return layeredFormat({
    name: 'sphinx',
    suite,
    makeHeader: createHeader,
    peel: (key, packet) => peelHeader(suite, key, packet),
  });
}

/**
 * Names a packet on one link for a measuring observer: both ends compute the same number, and each
 * hop changes it.
 * @param packet At least 8 bytes.
 * @returns the first 48 bits of the element, a safe integer.
 */
export function messageNumberOnLink(packet: Uint8Array): number {
  return readUint48(packet, VERSION_LENGTH);
}
