/**
 * Lengths and constants of Sphinx packets, computed only here (katzenpost,
 * core/sphinx/geo/geo_impl.go).
 *
 * All packets of one geometry have the same length. No bytes are read or written here.
 *
 * ```
 * packet  = header || payload
 * header  = version (2) || element (E) || routing info (nrHops * perHop) || MAC (32)
 * payload = wide-block cipher of ( tag of 32 zero bytes || forward payload )
 * ```
 *
 * @module
 */

/** Bytes at the start of every packet: the version, both zero (`AD` in the reference). */
export const VERSION_LENGTH = 2;
/** Length of a header MAC and of its key, in bytes: HMAC-SHA256, not truncated. */
export const MAC_LENGTH = 32;
/** Length of the zero bytes before a payload, in bytes. */
export const PAYLOAD_TAG_LENGTH = 32;
/** Length of a node identifier, in bytes. */
export const NODE_ID_LENGTH = 32;
/** Length of a recipient identifier, in bytes. */
export const RECIPIENT_ID_LENGTH = 32;
/** Length of a SURB identifier, in bytes. */
export const SURB_ID_LENGTH = 16;
/** Length of a command's tag, in bytes. */
export const COMMAND_TAG_LENGTH = 1;
/** Length of the delay in a command, in bytes: a count of milliseconds. */
export const DELAY_LENGTH = 4;
/** Length of a window's first instant, in bytes: a count of milliseconds since 1970 (not in the reference). */
export const WINDOW_FIRST_LENGTH = 6;
/** Length of a window's span, in bytes: a count of milliseconds (not in the reference). */
export const WINDOW_SPAN_LENGTH = 4;
/** Length of the flag byte and the reserved byte at the start of a forward payload with room for a SURB. */
export const PLAINTEXT_HEADER_LENGTH = 2;

/** Length of a key of the payload cipher, in bytes: AEZ v5. */
export const SPRP_KEY_LENGTH = 48;
/** Length of the header stream's initial value, which is also the payload cipher's nonce. */
export const IV_LENGTH = 16;
/** Length of a header stream key, in bytes: AES-256. */
export const STREAM_KEY_LENGTH = 32;
/** Length of a blinding seed, and of the factor made from it, in bytes. */
export const BLINDING_SEED_LENGTH = 32;
/** Length of a replay tag, in bytes: SHA-512/256. */
export const REPLAY_TAG_LENGTH = 32;
/** Length of a payload key with its nonce, as contained in SURBs, in bytes. */
export const SPRP_KEY_MATERIAL_LENGTH: number = SPRP_KEY_LENGTH + IV_LENGTH;

/** Length of a next-node command, in bytes. */
export const NEXT_NODE_LENGTH: number = COMMAND_TAG_LENGTH + NODE_ID_LENGTH + MAC_LENGTH;
/** Length of a SURB-reply command, in bytes. */
export const SURB_REPLY_LENGTH: number = COMMAND_TAG_LENGTH + SURB_ID_LENGTH;

/**
 * Default number of hops in a header: gateway, three mixes, service node (katzenpost,
 * cmd/genconfig).
 */
export const DEFAULT_HOPS = 5;
/** Default length of the user data of a packet, in bytes (katzenpost, cmd/genconfig). */
export const DEFAULT_USER_PAYLOAD_LENGTH = 2000;
/**
 * Largest number of hops in a header: the time to create a header grows with the square of this number and,
 * for a KEM, each hop adds a ciphertext.
 */
export const HOPS_MAX = 20;
/** Largest amount of user data in a packet, bytes: as much as the largest buffer of the payload cipher holds. */
export const USER_PAYLOAD_LENGTH_MAX = 1_048_576;

/** Length of a Curve25519 key or element, in bytes. */
export const X25519_LENGTH = 32;
/** Length of an ML-KEM-768 ciphertext, in bytes (FIPS 203 table 3). */
export const ML_KEM_768_CIPHERTEXT_LENGTH = 1088;

/** The supported key exchanges, with the length of the element in bytes. */
export const EXCHANGE_ELEMENT_LENGTH = {
  nike: { x25519: X25519_LENGTH, x448: 56 },
  kem: {
    x25519: X25519_LENGTH,
    MLKEM768: ML_KEM_768_CIPHERTEXT_LENGTH,
    'MLKEM768-X25519': X25519_LENGTH + ML_KEM_768_CIPHERTEXT_LENGTH,
    XWING: X25519_LENGTH + ML_KEM_768_CIPHERTEXT_LENGTH,
  },
} as const;

/** Names of non-interactive key exchanges: one blinded element for all hops. */
export type NikeName = keyof typeof EXCHANGE_ELEMENT_LENGTH.nike;
/** Names of key encapsulations: one ciphertext per hop. */
export type KemName = keyof typeof EXCHANGE_ELEMENT_LENGTH.kem;

/** The key exchange of a geometry. */
export type KeyExchangeId =
  | { readonly kind: 'nike'; readonly name: NikeName }
  | { readonly kind: 'kem'; readonly name: KemName };

/** The options from which a geometry is computed. */
export interface PacketGeometryOptions {
  readonly exchange: KeyExchangeId;
  /** Number of hops that a header has room for, 1 … 20. */
  readonly nrHops: number;
  /** Bytes of user data, 1 … 1,048,576. */
  readonly userForwardPayloadLength: number;
  /** Whether a forward payload has room for a SURB in addition to the user data. */
  readonly withSurb: boolean;
}

/** All lengths, in bytes, of a network's packets; field names as in the reference's geometry. */
export interface PacketGeometry {
  readonly packetLength: number;
  /** Number of hops that a header has room for. */
  readonly nrHops: number;
  readonly headerLength: number;
  readonly routingInfoLength: number;
  readonly perHopRoutingInfoLength: number;
  readonly surbLength: number;
  readonly sphinxPlaintextHeaderLength: number;
  readonly payloadTagLength: number;
  readonly forwardPayloadLength: number;
  readonly userForwardPayloadLength: number;
  readonly nextNodeHopLength: number;
  readonly sprpKeyMaterialLength: number;
  /** The names of the key exchange: exactly one is set, the other is empty. */
  readonly nikeName: NikeName | '';
  readonly kemName: KemName | '';
  /** E: a public key (NIKE) or a ciphertext (KEM). */
  readonly elementLength: number;
  /** Bytes of a slot available for commands: all but the next ciphertext, if any. */
  readonly commandsLength: number;
  /** Offset of the routing info in a packet. */
  readonly routingInfoOffset: number;
  /** Offset of the header's MAC in a packet. */
  readonly macOffset: number;
  readonly withSurb: boolean;
}

/**
 * Computes all lengths and offsets of a packet.
 * @throws RangeError when hops or user data are out of range.
 */
export function createPacketGeometry(options: PacketGeometryOptions): PacketGeometry {
  const { exchange, nrHops, userForwardPayloadLength, withSurb } = options;
  checkRange('nrHops', nrHops, HOPS_MAX);
  checkRange('userForwardPayloadLength', userForwardPayloadLength, USER_PAYLOAD_LENGTH_MAX);
  const isKem = exchange.kind === 'kem';
  const elementLength = elementLengthOf(exchange);
  const commandsLength = NEXT_NODE_LENGTH + SURB_REPLY_LENGTH;
  const perHopRoutingInfoLength = commandsLength + (isKem ? elementLength : 0);
  const routingInfoLength = perHopRoutingInfoLength * nrHops;
  const routingInfoOffset = VERSION_LENGTH + elementLength;
  const macOffset = routingInfoOffset + routingInfoLength;
  const headerLength = macOffset + MAC_LENGTH;
  const surbLength = headerLength + NODE_ID_LENGTH + SPRP_KEY_MATERIAL_LENGTH;
  const surbRoom = withSurb ? PLAINTEXT_HEADER_LENGTH + surbLength : 0;
  const forwardPayloadLength = surbRoom + userForwardPayloadLength;
  return {
    packetLength: headerLength + PAYLOAD_TAG_LENGTH + forwardPayloadLength,
    nrHops,
    headerLength,
    routingInfoLength,
    perHopRoutingInfoLength,
    surbLength,
    sphinxPlaintextHeaderLength: PLAINTEXT_HEADER_LENGTH,
    payloadTagLength: PAYLOAD_TAG_LENGTH,
    forwardPayloadLength,
    userForwardPayloadLength,
    nextNodeHopLength: NEXT_NODE_LENGTH,
    sprpKeyMaterialLength: SPRP_KEY_MATERIAL_LENGTH,
    nikeName: exchange.kind === 'nike' ? exchange.name : '',
    kemName: exchange.kind === 'kem' ? exchange.name : '',
    elementLength,
    commandsLength,
    routingInfoOffset,
    macOffset,
    withSurb,
  };
}

function elementLengthOf(exchange: KeyExchangeId): number {
  return exchange.kind === 'nike'
    ? EXCHANGE_ELEMENT_LENGTH.nike[exchange.name]
    : EXCHANGE_ELEMENT_LENGTH.kem[exchange.name];
}

function checkRange(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name} is ${value}; allowed are whole numbers from 1 to ${max}`);
}
