/**
 * Mixnet: the packet format that the options select, and the hash by which a node recognises that
 * another node uses a different packet geometry (katzenpost, core/sphinx/geo and
 * core/pki/document.go `SphinxGeometryHash`).
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import {
  compareBytes,
  concatByteList,
  concatBytes,
  writeUint16,
  writeUint32,
} from '../_kit/bytes.ts';
import {
  createKeyExchange,
  createPacketFormat,
  type PacketFormat,
  type PacketGeometry,
  type UnwrapSetup,
} from '../sphinx/index.ts';
import type { MixnetOptions } from './config.ts';
import { KEY_EPOCH_COUNT } from './geometry.ts';

/** Number of providers on a path: its first and its last hop. */
const PROVIDER_HOPS = 2;
const HASH_LENGTH = 32;
const NS_PER_MS = 1_000_000;
/** Major types of CBOR (RFC 8949 section 3.1), in the upper three bits. */
const CBOR_UNSIGNED = 0x00;
const CBOR_TEXT = 0x60;
const CBOR_MAP = 0xa0;

/** Creates the packet format; equal options give equal formats on every node. */
export function packetFormatOf(crypto: CryptoProvider, options: MixnetOptions): PacketFormat {
  const exchange = createKeyExchange(crypto, options.sphinx.exchange);
  const { format } = options.sphinx;
  return createPacketFormat({ crypto, ...shapeOf(options), exchange, format });
}

/**
 * Selects the parameters that a worker thread needs to unwrap packets; the private keys are added
 * elsewhere.
 */
export function selectUnwrapParameters(options: MixnetOptions): Omit<UnwrapSetup, 'privateKeys'> {
  const { exchange } = options.sphinx;
  return { ...shapeOf(options), exchange, delayMsMax: computeAcceptedDelayMsMax(options.epoch) };
}

/**
 * Returns the largest delay that a hop accepts, ms: the length of all epochs for which the hop has
 * keys.
 */
export function computeAcceptedDelayMsMax(epochNs: Nanoseconds): number {
  return (KEY_EPOCH_COUNT * epochNs) / NS_PER_MS;
}

type Shape = Pick<UnwrapSetup, 'nrHops' | 'userForwardPayloadLength' | 'withSurb' | 'withWindows'>;

function shapeOf(options: MixnetOptions): Shape {
  return {
    nrHops: options.layers + PROVIDER_HOPS,
    userForwardPayloadLength: options.sphinx.payload,
    withSurb: true,
    withWindows: options.mixing.strategy === 'stop-and-go',
  };
}

/**
 * Computes BLAKE2b-256 over the canonical CBOR of the thirteen fields of a packet geometry
 * (katzenpost, core/sphinx/geo).
 */
export function geometryHash(crypto: CryptoProvider, geometry: PacketGeometry): Uint8Array {
  const fields: readonly (readonly [name: string, value: number | string])[] = [
    ['PacketLength', geometry.packetLength],
    ['NrHops', geometry.nrHops],
    ['HeaderLength', geometry.headerLength],
    ['RoutingInfoLength', geometry.routingInfoLength],
    ['PerHopRoutingInfoLength', geometry.perHopRoutingInfoLength],
    ['SURBLength', geometry.surbLength],
    ['SphinxPlaintextHeaderLength', geometry.sphinxPlaintextHeaderLength],
    ['PayloadTagLength', geometry.payloadTagLength],
    ['ForwardPayloadLength', geometry.forwardPayloadLength],
    ['UserForwardPayloadLength', geometry.userForwardPayloadLength],
    ['NextNodeHopLength', geometry.nextNodeHopLength],
    ['SPRPKeyMaterialLength', geometry.sprpKeyMaterialLength],
    geometry.nikeName === '' ? ['KEMName', geometry.kemName] : ['NIKEName', geometry.nikeName],
  ];
  // RFC 8949 section 4.2.1: keys in the order of their encoded bytes.
  const entries = fields.map(([name, value]) => [encodeCbor(name), encodeCbor(value)] as const);
  entries.sort(([left], [right]) => compareBytes(left, right));
  const map = concatByteList([encodeHead(CBOR_MAP, fields.length), ...entries.flat()]);
  return crypto.blake2b(map, HASH_LENGTH);
}

function encodeCbor(value: number | string): Uint8Array {
  if (typeof value === 'number') return encodeHead(CBOR_UNSIGNED, value);
  const text = Uint8Array.from(value, (character) => character.charCodeAt(0));
  return concatBytes(encodeHead(CBOR_TEXT, text.length), text);
}

/** Encodes a CBOR type and value in the shortest form (RFC 8949 section 3). */
function encodeHead(type: number, value: number): Uint8Array {
  if (value < 24) return Uint8Array.of(type | value);
  if (value < 0x100) return Uint8Array.of(type | 24, value);
  const wide = new Uint8Array(value < 0x1_0000 ? 3 : 5);
  wide[0] = type | (wide.length === 3 ? 25 : 26);
  if (wide.length === 3) writeUint16(wide, 1, value);
  else writeUint32(wide, 1, value);
  return wide;
}
