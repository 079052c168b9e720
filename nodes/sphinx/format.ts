/**
 * Which format the packets of a network have: real ones, those of the research format, or modelled
 * ones where the provider does no cryptography either. All behind {@link PacketFormat}.
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

/** Formats by name: Katzenpost's, and one for research, which has no vectors to check it with. */
export const FORMAT_NAMES = ['katzenpost', 'outfox-like-research'] as const;

/** What a format is made from. */
export interface FormatOptions extends SuiteOptions {
  /** Katzenpost's when absent. */
  readonly format?: (typeof FORMAT_NAMES)[number];
}

/**
 * Makes the format that is asked for; `crypto: modelled` gets modelled packets whatever it is.
 * @throws RangeError when hops or user data are out of range, or format and exchange do not fit.
 */
export function createFormat(options: FormatOptions): PacketFormat {
  const suite = createSuite(options);
  if (options.crypto.name === 'modelled') return createModelledFormat(suite);
  return options.format === 'outfox-like-research'
    ? createOutfoxLikeFormat(suite)
    : sphinxFormat(suite);
}

/** Real packets. */
export function sphinxFormat(suite: SphinxSuite): PacketFormat {
  return layeredFormat({
    name: 'sphinx',
    suite,
    makeHeader: createHeader,
    peel: (key, packet) => peelHeader(suite, key, packet),
  });
}

/**
 * Names a packet on one link for an observer who measures: both ends compute the same number, and
 * each hop changes it.
 * @param packet at least 8 bytes.
 * @returns the first 48 bits of the element, a safe integer.
 */
export function messageKey(packet: Uint8Array): number {
  return readUint48(packet, VERSION_LENGTH);
}
