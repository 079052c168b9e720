/**
 * Which format the packets of a network have: real ones, those of the research format, or modelled
 * ones where the provider does no cryptography either. All behind {@link PacketFormat}.
 *
 * @module
 */
import { readUint48 } from '../_kit/bytes.ts';
import { VERSION_LENGTH } from './geometry.ts';
import { createModelledFormat } from './modelled/format.ts';
import { createOutfoxLikeFormat } from './outfox-like/format.ts';
import { createPacket } from './packet.ts';
import type { PacketFormat } from './packet-format.ts';
import { receiveWith, sphinxOpener } from './receive.ts';
import { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
import { createReply, createSurb, openReply } from './surb.ts';

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
  const { exchange, geometry } = suite;
  const opener = sphinxOpener(suite);
  return {
    name: 'sphinx',
    geometry,
    publicKeyLength: exchange.publicKeyLength,
    privateKeyLength: exchange.privateKeyLength,
    openKey: (privateKey) => exchange.openKey(privateKey),
    createPacket: (input, payload) => createPacket(suite, input, payload),
    receive: (rules, packet) => receiveWith(opener, rules, packet),
    createSurb: (input) => createSurb(suite, input),
    createReply: (surb, payload) => createReply(suite, surb, payload),
    openReply: (payload, keys) => openReply(suite, payload, keys),
  };
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
