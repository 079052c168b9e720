/**
 * Mixnet: the packet format that the options ask for, and the hash by which nodes of another
 * geometry are told apart (project spec mixnet 1.2, 1.8).
 *
 * @module
 */
import { encode } from 'cborg';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { createExchange, createFormat, type Geometry, type PacketFormat } from '../sphinx/index.ts';
import type { MixnetOptions } from './config.ts';

/** First and last hop of a path are providers (3.2: "layers + 2 hops"). */
const PROVIDER_HOPS = 2;
const HASH_LENGTH = 32;

/** Makes the format; the same options give the same on every node. */
export function formatOf(crypto: CryptoProvider, options: MixnetOptions): PacketFormat {
  return createFormat({
    crypto,
    exchange: createExchange(crypto, options.sphinx.exchange),
    nrHops: options.layers + PROVIDER_HOPS,
    userForwardPayloadLength: options.sphinx.payload,
    withSurb: true,
  });
}

/** 1.2: BLAKE2b-256 over the canonical CBOR of the thirteen fields. */
export function geometryHash(crypto: CryptoProvider, geometry: Geometry): Uint8Array {
  const fields = {
    PacketLength: geometry.packetLength,
    NrHops: geometry.nrHops,
    HeaderLength: geometry.headerLength,
    RoutingInfoLength: geometry.routingInfoLength,
    PerHopRoutingInfoLength: geometry.perHopRoutingInfoLength,
    SURBLength: geometry.surbLength,
    SphinxPlaintextHeaderLength: geometry.sphinxPlaintextHeaderLength,
    PayloadTagLength: geometry.payloadTagLength,
    ForwardPayloadLength: geometry.forwardPayloadLength,
    UserForwardPayloadLength: geometry.userForwardPayloadLength,
    NextNodeHopLength: geometry.nextNodeHopLength,
    SPRPKeyMaterialLength: geometry.sprpKeyMaterialLength,
    ...(geometry.nikeName === '' ? { KEMName: geometry.kemName } : { NIKEName: geometry.nikeName }),
  };
  return crypto.blake2b(encode(fields), HASH_LENGTH);
}
