/**
 * The BFD control packet: 24 bytes, without authentication.
 *
 * RFC 5880 4.1 and the reception checks of 6.8.6 that need no session. Poll, final, demand,
 * multipoint, echo and authentication are refused: neither end of a SCION link uses them.
 *
 * @module
 */
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { BFD_CONTROL_PACKET_BYTES, BFD_VERSION } from './geometry.ts';

/** States of a session, in the order of their codes 0 … 3 (RFC 5880 4.1, Sta). */
export const BFD_STATES = ['admin-down', 'down', 'init', 'up'] as const;
/** State of a BFD session. */
export type BfdStateName = (typeof BFD_STATES)[number];

/** The content of a control packet. */
export interface BfdPacket {
  /** Diagnostic code, 5 bits; sent as 0, ignored on receipt. */
  readonly diagnostic: number;
  readonly state: BfdStateName;
  /** Intervals without a packet after which the receiver declares the link down, 1 … 255. */
  readonly detectMultiplier: number;
  /** The sender's discriminator, not 0. */
  readonly myDiscriminator: number;
  /** The receiver's discriminator, 0 while unknown. */
  readonly yourDiscriminator: number;
  /** Desired minimum transmit interval, microseconds, 32 bits. */
  readonly desiredMinTxUs: number;
  /** Required minimum receive interval, microseconds, 32 bits. */
  readonly requiredMinRxUs: number;
}

/** Reasons for which a control packet is discarded, each explained in one sentence. */
export const BFD_DROP_REASONS = {
  'bfd-malformed': 'A BFD packet is cut, has another version, a zero multiplier or number.',
  'bfd-unsupported': 'A BFD packet asks for poll, final, demand, multipoint, echo or a password.',
  'bfd-discriminator': 'A BFD packet names another session than that of its link.',
  'bfd-no-session': 'A BFD packet arrived over a link without a session.',
} as const;

/** Why a control packet is discarded. */
export type BfdDropReason = keyof typeof BFD_DROP_REASONS;

const STATE_SHIFT = 6;
const DIAGNOSTIC_MASK = 0x1f;
const VERSION_SHIFT = 5;
/**
 * The flags poll, final, authentication, demand and multipoint; only "control plane independent" is
 * allowed.
 */
const UNSUPPORTED_FLAGS = 0x20 | 0x10 | 0x04 | 0x02 | 0x01;
const MY_DISCRIMINATOR_OFFSET = 4;
const YOUR_DISCRIMINATOR_OFFSET = 8;
const DESIRED_MIN_TX_OFFSET = 12;
const REQUIRED_MIN_RX_OFFSET = 16;
const REQUIRED_MIN_ECHO_RX_OFFSET = 20;

/**
 * Decodes the packet of `length` bytes at `offset`, with those checks of 6.8.6 that need no
 * session.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
 *     |                       My Discriminator                        |
 *     |                      Your Discriminator                       |
 *     |                    Desired Min TX Interval                    |
 *     |                   Required Min RX Interval                    |
 *     |                 Required Min Echo RX Interval                 |
 */
export function decodeBfdControlPacket(
  bytes: Uint8Array,
  offset: number,
  length: number,
): BfdPacket | BfdDropReason {
  if (length < BFD_CONTROL_PACKET_BYTES) return 'bfd-malformed';
  const first = bytes[offset] as number;
  const flags = bytes[offset + 1] as number;
  const packetLength = bytes[offset + 3] as number;
  const packet: BfdPacket = {
    diagnostic: first & DIAGNOSTIC_MASK,
    state: BFD_STATES[flags >>> STATE_SHIFT] as BfdStateName,
    detectMultiplier: bytes[offset + 2] as number,
    myDiscriminator: readUint32(bytes, offset + MY_DISCRIMINATOR_OFFSET),
    yourDiscriminator: readUint32(bytes, offset + YOUR_DISCRIMINATOR_OFFSET),
    desiredMinTxUs: readUint32(bytes, offset + DESIRED_MIN_TX_OFFSET),
    requiredMinRxUs: readUint32(bytes, offset + REQUIRED_MIN_RX_OFFSET),
  };
  if (first >>> VERSION_SHIFT !== BFD_VERSION) return 'bfd-malformed';
  if (packetLength < BFD_CONTROL_PACKET_BYTES || packetLength > length) return 'bfd-malformed';
  if ((flags & UNSUPPORTED_FLAGS) !== 0) return 'bfd-unsupported';
  if (readUint32(bytes, offset + REQUIRED_MIN_ECHO_RX_OFFSET) !== 0) return 'bfd-unsupported';
  if (packet.detectMultiplier === 0) return 'bfd-malformed';
  return checkDiscriminators(packet) ?? packet;
}

/** Writes a packet into the 24 bytes of `target` at `offset`. */
export function encodeBfdControlPacket(
  packet: BfdPacket,
  target: Uint8Array,
  offset: number,
): void {
  target[offset] = (BFD_VERSION << VERSION_SHIFT) | packet.diagnostic;
  target[offset + 1] = BFD_STATES.indexOf(packet.state) << STATE_SHIFT;
  target[offset + 2] = packet.detectMultiplier;
  target[offset + 3] = BFD_CONTROL_PACKET_BYTES;
  writeUint32(target, offset + MY_DISCRIMINATOR_OFFSET, packet.myDiscriminator);
  writeUint32(target, offset + YOUR_DISCRIMINATOR_OFFSET, packet.yourDiscriminator);
  writeUint32(target, offset + DESIRED_MIN_TX_OFFSET, packet.desiredMinTxUs);
  writeUint32(target, offset + REQUIRED_MIN_RX_OFFSET, packet.requiredMinRxUs);
  writeUint32(target, offset + REQUIRED_MIN_ECHO_RX_OFFSET, 0);
}

function checkDiscriminators(packet: BfdPacket): BfdDropReason | undefined {
  if (packet.myDiscriminator === 0) return 'bfd-malformed';
  const isDown = packet.state === 'down' || packet.state === 'admin-down';
  return packet.yourDiscriminator === 0 && !isDown ? 'bfd-malformed' : undefined;
}
