/**
 * Lengths and constants of Sphinx packets: the one place where they are computed (project spec
 * mixnet 1.2 and 1.3, the Katzenpost format).
 *
 * All packets of one geometry have one length. No bytes are read or written here.
 *
 * ```
 * packet  = header || payload
 * header  = version (2) || element (E) || routing info (nrHops * perHop) || MAC (32)
 * payload = wide-block cipher of ( tag of 32 zero bytes || forward payload )
 * ```
 *
 * @module
 */

/** Bytes in front of every packet: the version, both zero (1.3 "AD"). */
export const VERSION_LENGTH = 2;
/** Length of a header MAC and of its key, in bytes: HMAC-SHA256, not truncated (1.1). */
export const MAC_LENGTH = 32;
/** Length of the zero bytes in front of a payload, in bytes (1.2). */
export const PAYLOAD_TAG_LENGTH = 32;
/** Length of the identifier of a node, in bytes (1.2). */
export const NODE_ID_LENGTH = 32;
/** Length of the identifier of a recipient, in bytes (1.2). */
export const RECIPIENT_ID_LENGTH = 32;
/** Length of the identifier of a SURB, in bytes (1.2). */
export const SURB_ID_LENGTH = 16;
/** Length of the tag of a command, in bytes (1.3). */
export const COMMAND_TAG_LENGTH = 1;
/** Length of the delay in a command, in bytes: a count of milliseconds (1.3). */
export const DELAY_LENGTH = 4;
/** Length of the first instant of a window, in bytes: milliseconds since 1970 (own addition to 1.3). */
export const WINDOW_FIRST_LENGTH = 6;
/** Length of the length of a window, in bytes: milliseconds (own addition to 1.3). */
export const WINDOW_SPAN_LENGTH = 4;
/** Flag byte and reserved byte in front of a forward payload with room for a SURB (1.6). */
export const PLAINTEXT_HEADER_LENGTH = 2;

/** Length of a key of the payload cipher, in bytes (1.1). */
export const SPRP_KEY_LENGTH = 48;
/** Length of an initial value of the header stream, and nonce of the payload cipher (1.1). */
export const IV_LENGTH = 16;
/** Length of a header stream key, in bytes: AES-256 (1.1). */
export const STREAM_KEY_LENGTH = 32;
/** Length of a blinding seed, and of the factor made of it, in bytes (1.1). */
export const BLINDING_LENGTH = 32;
/** Length of a replay tag, in bytes: SHA-512/256 (1.1). */
export const REPLAY_TAG_LENGTH = 32;
/** Length of a payload key with its nonce, as SURBs carry them, in bytes (1.2). */
export const SPRP_KEY_MATERIAL_LENGTH: number = SPRP_KEY_LENGTH + IV_LENGTH;

/** Length of a next-node command, in bytes (1.3). */
export const NEXT_NODE_LENGTH: number = COMMAND_TAG_LENGTH + NODE_ID_LENGTH + MAC_LENGTH;
/** Length of a SURB-reply command, in bytes (1.3). */
export const SURB_REPLY_LENGTH: number = COMMAND_TAG_LENGTH + SURB_ID_LENGTH;

/** Hops a header has room for by default: gateway, three mixes, service node (1.2). */
export const DEFAULT_HOPS = 5;
/** User data of a packet by default, in bytes (1.2). */
export const DEFAULT_USER_PAYLOAD_LENGTH = 2000;
/** Hops a header may have room for: creation costs the square of it, the header E each. */
const HOPS_MAX = 20;
/** User data of a packet at most, in bytes: what one buffer of the payload cipher may take. */
const USER_PAYLOAD_LENGTH_MAX = 1_048_576;

/** Length of a Curve25519 key or element, in bytes. */
export const X25519_LENGTH = 32;
/** Length of an ML-KEM-768 ciphertext, in bytes (FIPS 203 table 3). */
export const ML_KEM_768_CIPHERTEXT_LENGTH = 1088;

/** The key exchanges that a geometry can be made for, with the length of the element, in bytes. */
const EXCHANGE_ELEMENT_LENGTH = {
  nike: { x25519: X25519_LENGTH, x448: 56 },
  kem: {
    x25519: X25519_LENGTH,
    MLKEM768: ML_KEM_768_CIPHERTEXT_LENGTH,
    'MLKEM768-X25519': X25519_LENGTH + ML_KEM_768_CIPHERTEXT_LENGTH,
    XWING: X25519_LENGTH + ML_KEM_768_CIPHERTEXT_LENGTH,
  },
} as const;

/** Names of exchanges by non-interactive key exchange: one blinded element for all hops. */
export type NikeName = keyof typeof EXCHANGE_ELEMENT_LENGTH.nike;
/** Names of exchanges by key encapsulation: one ciphertext for each hop. */
export type KemName = keyof typeof EXCHANGE_ELEMENT_LENGTH.kem;

/** Which key exchange a geometry is for. */
export type ExchangeName =
  | { readonly kind: 'nike'; readonly name: NikeName }
  | { readonly kind: 'kem'; readonly name: KemName };

/** What a geometry is computed from. */
export interface GeometryOptions {
  readonly exchange: ExchangeName;
  /** Hops that a header has room for, 1 … 20. */
  readonly nrHops: number;
  /** Bytes of user data, 1 … 1,048,576. */
  readonly userForwardPayloadLength: number;
  /** Whether a forward payload has room for a SURB beside the user data. */
  readonly withSurb: boolean;
}

/** All lengths, in bytes, of the packets of one network (names of project spec mixnet 1.2). */
export interface Geometry {
  readonly packetLength: number;
  /** Hops, not bytes. */
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
  /** Exactly one of the two names is set, the other is empty. */
  readonly nikeName: NikeName | '';
  readonly kemName: KemName | '';
  /** E: a public key (NIKE) or a ciphertext (KEM). */
  readonly elementLength: number;
  /** How much of a slot the commands may use: all but the next ciphertext, where there is one. */
  readonly commandsLength: number;
  /** Where the routing info begins in a packet. */
  readonly routingInfoOffset: number;
  /** Where the header's MAC begins in a packet. */
  readonly macOffset: number;
  readonly withSurb: boolean;
}

/**
 * Computes all lengths (1.2).
 * @throws RangeError when hops or user data are out of range.
 */
export function createGeometry(options: GeometryOptions): Geometry {
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

function elementLengthOf(exchange: ExchangeName): number {
  return exchange.kind === 'nike'
    ? EXCHANGE_ELEMENT_LENGTH.nike[exchange.name]
    : EXCHANGE_ELEMENT_LENGTH.kem[exchange.name];
}

function checkRange(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name} is ${value}; allowed are whole numbers from 1 to ${max}`);
}
