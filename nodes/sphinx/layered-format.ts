/**
 * A {@link PacketFormat} with headers of its own kind, whose payloads, SURBs and replies are wrapped in
 * layers as in Katzenpost's format.
 *
 * @module
 */
import type { MakeHeader } from './header.ts';
import { createPacketWithHeader } from './packet.ts';
import type { PacketFormat } from './packet-format.ts';
import { type PacketOpener, receiveWithOpener } from './receive.ts';
import type { SphinxSuite } from './suite.ts';
import { createReply, createSurbWithHeader, openReply } from './surb.ts';
import { type PeeledHeader, removeLayer } from './unwrap.ts';

/** The parts in which formats with layered headers differ. */
export interface LayeredFormatParts<Suite extends SphinxSuite> {
  readonly name: PacketFormat['name'];
  readonly suite: Suite;
  readonly makeHeader: MakeHeader<Suite>;
  readonly peel: PacketOpener<PeeledHeader>['peel'];
}

/** Creates a format from the functions that make and open its headers. */
export function createLayeredFormat<Suite extends SphinxSuite>(
  parts: LayeredFormatParts<Suite>,
): PacketFormat {
  const { name, suite, makeHeader, peel } = parts;
  const { exchange, geometry } = suite;
  const opener: PacketOpener<PeeledHeader> = {
    geometry,
    peel,
    advance: (peeled, packet) => removeLayer(suite, peeled, packet),
  };
  return {
    name,
    geometry,
    publicKeyLength: exchange.publicKeyLength,
    privateKeyLength: exchange.privateKeyLength,
    openKey: (privateKey) => exchange.openKey(privateKey),
    createPacket: (input, payload) => createPacketWithHeader(makeHeader, suite, input, payload),
    receive: (rules, packet) => receiveWithOpener(opener, rules, packet),
    createSurb: (input) => createSurbWithHeader(makeHeader, suite, input),
    createReply: (surb, payload) => createReply(suite, surb, payload),
    openReply: (payload, keys) => openReply(suite, payload, keys),
  };
}
