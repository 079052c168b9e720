/**
 * Hop field authentication: derives the forwarding key, computes and checks MACs, and chains
 * segment ids.
 *
 * SCION header specification "Hop Field MAC Computation" with AES-CMAC (RFC 4493); the key
 * derivation is that of reference pkg/scrypto/mac.go. The router decides when to check a MAC and
 * when to chain.
 *
 * @module
 */

import type { CryptoProvider, MacKey } from '../../engine/host/crypto.ts';
import { readUint16, writeUint16, writeUint32 } from '../_kit/bytes.ts';
import { isSecretAt } from '../_kit/secrets.ts';
import {
  FORWARDING_KEY_ITERATIONS,
  FORWARDING_KEY_LENGTH,
  FORWARDING_KEY_SALT,
  HOP_MAC_INPUT_LENGTH,
  HOP_MAC_LENGTH,
  INFO_FIELD_LENGTH,
} from './geometry.ts';

import type { PacketView } from './wire/packet-view.ts';

/** The fields that the MAC of a hop field covers; the flags are not among them. */
export interface HopMacFields {
  /** The segment id at this hop (beta), 16 bits. */
  readonly segmentId: number;
  /** Timestamp of the info field, s. */
  readonly timestamp: number;
  readonly expTime: number;
  readonly consIngress: number;
  readonly consEgress: number;
}

const SEGMENT_ID_OFFSET = 2;
const TIMESTAMP_OFFSET = 4;
const EXP_TIME_OFFSET = 9;
const INGRESS_OFFSET = 10;
const EGRESS_OFFSET = 12;
/** Offset of the bytes of the info field that the MAC covers first: bytes 2–7. */
const INFO_COVERED_OFFSET = 2;
/** Offset of the bytes of the hop field that the MAC covers next: bytes 1–5. */
const HOP_COVERED_OFFSET = 1;
const HOP_COVERED_LENGTH = 5;
const AES_BLOCK_LENGTH = 16;

/**
 * Derives the key for hop field MACs from an AS's master key: PBKDF2-HMAC-SHA256, 1,000 iterations,
 * 16 bytes. Takes a millisecond, so it is done once per AS, at the start.
 */
export function deriveForwardingKey(crypto: CryptoProvider, masterKey: Uint8Array): Uint8Array {
  return derivePbkdf2Key(crypto, masterKey, FORWARDING_KEY_SALT);
}

/**
 * Derives a key by PBKDF2-HMAC-SHA256 with 1,000 iterations and 16 bytes of output.
 * @param salt ASCII text.
 */
export function derivePbkdf2Key(
  crypto: CryptoProvider,
  password: Uint8Array,
  salt: string,
): Uint8Array {
  return crypto.pbkdf2Sha256({
    password,
    salt: Uint8Array.from(salt, (letter) => letter.charCodeAt(0)),
    iterations: FORWARDING_KEY_ITERATIONS,
    length: FORWARDING_KEY_LENGTH,
  });
}

/**
 * Computes the segment id of the next hop: the segment id of this hop XOR the first two bytes of
 * its MAC.
 */
export function nextSegmentId(segmentId: number, mac: Uint8Array): number {
  return segmentId ^ readUint16(mac, 0);
}

/**
 * Writes the 16-byte block that the MAC of a hop field authenticates.
 *
 *     |            0x0000             |             SegID             |
 *     |                           Timestamp                           |
 *     |     0x00      |    ExpTime    |          ConsIngress          |
 *     |          ConsEgress           |            0x0000             |
 */
export function writeHopMacInput(fields: HopMacFields, into: Uint8Array): void {
  // biome-ignore lint/plugin: no secret, the fields that a MAC is over
  into.fill(0);
  writeUint16(into, SEGMENT_ID_OFFSET, fields.segmentId);
  writeUint32(into, TIMESTAMP_OFFSET, fields.timestamp);
  into[EXP_TIME_OFFSET] = fields.expTime;
  writeUint16(into, INGRESS_OFFSET, fields.consIngress);
  writeUint16(into, EGRESS_OFFSET, fields.consEgress);
}

/**
 * Computes the last block of AES-128-CBC with IV 0 over the zero-padded input. Secure only if all
 * inputs under a key have the same length.
 */
export function computeCbcMac(
  crypto: CryptoProvider,
  key: Uint8Array,
  input: Uint8Array,
): Uint8Array {
  const zeros = new Uint8Array(AES_BLOCK_LENGTH);
  let state = new Uint8Array(AES_BLOCK_LENGTH);
  for (let offset = 0; offset < input.length; offset += AES_BLOCK_LENGTH) {
    const block = new Uint8Array(AES_BLOCK_LENGTH);
    block.set(input.subarray(offset, offset + AES_BLOCK_LENGTH));
    for (let at = 0; at < AES_BLOCK_LENGTH; at++) {
      block[at] = (block[at] as number) ^ (state[at] as number);
    }
    // Counter mode encrypts the counter block, so over zeros its output is the block cipher of
    // `block`.
    state = Uint8Array.from(crypto.aesCtr(key, block, zeros));
  }
  return state;
}

/**
 * Computes and checks hop field MACs with one AS's forwarding key; reuses one input block and one
 * tag for all calls.
 */
export class HopAuthenticator {
  readonly #key: MacKey;
  readonly #input = new Uint8Array(HOP_MAC_INPUT_LENGTH);
  readonly #tag = new Uint8Array(HOP_MAC_INPUT_LENGTH);

  /** @param key AES-CMAC key made from the forwarding key. */
  constructor(key: MacKey) {
    this.#key = key;
  }

  /** Computes the full 16-byte MAC of these fields; the array is valid until the next call. */
  tag(fields: HopMacFields): Uint8Array {
    writeHopMacInput(fields, this.#input);
    this.#key.tag(this.#input, this.#tag);
    return this.#tag;
  }

  /**
   * The full MAC that was computed last, 16 bytes: the key of the hop's EPIC-HP fields. Valid until
   * the next call.
   */
  get latestTag(): Uint8Array {
    return this.#tag;
  }

  /** Computes the MAC of a hop field: the first 6 bytes of the full MAC, in a new array. */
  mac(fields: HopMacFields): Uint8Array {
    return this.tag(fields).slice(0, HOP_MAC_LENGTH);
  }

  /**
   * Computes the full MAC of the view's current hop field; the array is valid until the next call.
   */
  tagOf(view: PacketView): Uint8Array {
    const { buffer, infoOffset, hopOffset } = view;
    const input = this.#input;
    // hot: the block is filled byte by byte, once per packet and hop. Bytes 0, 1, 8, 14 and 15
    // stay 0.
    for (let at = INFO_COVERED_OFFSET; at < INFO_FIELD_LENGTH; at++) {
      input[at] = buffer[infoOffset + at] as number;
    }
    for (let at = 0; at < HOP_COVERED_LENGTH; at++) {
      input[EXP_TIME_OFFSET + at] = buffer[hopOffset + HOP_COVERED_OFFSET + at] as number;
    }
    this.#key.tag(input, this.#tag);
    return this.#tag;
  }

  /** True when the view's current hop field has a valid MAC; constant time in the MAC. */
  verify(view: PacketView): boolean {
    return isSecretAt(this.tagOf(view), HOP_MAC_LENGTH, view.buffer, view.macOffset);
  }
}
