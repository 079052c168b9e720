/**
 * Which format the packets of a network have: real ones, or modelled ones where the provider does
 * no cryptography either. Both behind {@link PacketFormat}.
 *
 * @module
 */
import { readUint48 } from '../_kit/bytes.ts';
import { VERSION_LENGTH } from './geometry.ts';
import { createModelledFormat } from './modelled/format.ts';
import { createPacket } from './packet.ts';
import type { PacketFormat } from './packet-format.ts';
import { receiveWith, sphinxOpener } from './receive.ts';
import { createSuite, type SphinxSuite, type SuiteOptions } from './suite.ts';
import { createReply, createSurb, openReply } from './surb.ts';

/**
 * Makes the format that fits the provider: `crypto: modelled` gets modelled packets.
 * @throws RangeError when hops or user data are out of range.
 */
export function createFormat(options: SuiteOptions): PacketFormat {
  const suite = createSuite(options);
  return options.crypto.name === 'modelled' ? createModelledFormat(suite) : sphinxFormat(suite);
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
