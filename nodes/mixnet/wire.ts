/**
 * Mixnet: decodes and encodes the datagrams between nodes (docs/spec/mixnet.md, "Frames").
 *
 * A datagram is one command and its body. All datagrams have the same length, so that neither an
 * empty answer nor a retrieval differs in size from a packet. Integers are big-endian.
 *
 * ```
 * packet    0x02 | Sphinx packet                                                  |
 * retrieve  0x10 | last sequence received (4) | zeros                             |
 * message   0x11 | kind (1) | sequence (4) | waited us (4) | SURB id (16) | body | zeros |
 * ask       0x20 | replay tag (32)                                               | zeros |
 * proof     0x21 | status (1) | replay tag (32) | proof (80) | lateness us (4)   | zeros |
 * ```
 * `status` is 0 with a proof, 1 for an unknown tag, 2 when too many proofs were requested; without
 * a proof, the fields proof and lateness are zeros. `kind` is 0 for an empty answer, 1 for a
 * forward payload, 2 for a reply. The body is a forward payload preceded by the 32 bytes of the tag
 * (zeros when the provider has removed it).
 *
 * The frame does not hide its sender and its command; the channel of the link does: see README,
 * "Limits".
 *
 * @module
 */
import { readUint32, writeUint32 } from '../_kit/bytes.ts';
import { type PacketGeometry, REPLAY_TAG_LENGTH, SURB_ID_LENGTH } from '../sphinx/index.ts';
import { PROOF_LENGTH, type ProofRefusal } from '../vrf/index.ts';
import {
  COMMAND_LENGTH,
  COMMAND_MESSAGE,
  COMMAND_PROOF,
  COMMAND_PROOF_REQUEST,
  COMMAND_RETRIEVE_MESSAGE,
  COMMAND_SEND_PACKET,
  PROOF_LATENESS_LENGTH,
  PROOF_STATUS_LENGTH,
  SPOOL_SEQUENCE_LENGTH,
  SPOOLED_KIND_LENGTH,
  SPOOLED_TIME_LENGTH,
} from './geometry.ts';

const SEQUENCE_OFFSET: number = COMMAND_LENGTH + SPOOLED_KIND_LENGTH;
const WAITED_OFFSET: number = SEQUENCE_OFFSET + SPOOL_SEQUENCE_LENGTH;
const SURB_OFFSET: number = WAITED_OFFSET + SPOOLED_TIME_LENGTH;
const BODY_OFFSET: number = SURB_OFFSET + SURB_ID_LENGTH;

const TAG_OFFSET: number = COMMAND_LENGTH + PROOF_STATUS_LENGTH;
const PROOF_OFFSET: number = TAG_OFFSET + REPLAY_TAG_LENGTH;
const LATENESS_OFFSET: number = PROOF_OFFSET + PROOF_LENGTH;
const PROOF_END: number = LATENESS_OFFSET + PROOF_LATENESS_LENGTH;

/**
 * The statuses of an answer to a proof request; the index is the number on the wire. Only an answer
 * `given` contains a proof.
 */
const STATUSES = ['given', 'proof-unknown', 'proof-rate'] as const;

const KINDS = ['empty', 'forward', 'reply'] as const;

/** A message in a spool. */
export interface SpooledMessage {
  readonly kind: 'forward' | 'reply';
  /** Identifier of the SURB, 16 bytes; zeros unless the message is a reply. */
  readonly surbId: Uint8Array;
  /** The payload, as long as a forward payload plus 32 bytes for its tag. */
  readonly body: Uint8Array;
}

/** A decoded datagram. Its arrays are views of the datagram's bytes. */
export type DecodedFrame =
  | { readonly kind: 'packet'; readonly packet: Uint8Array }
  | { readonly kind: 'retrieve'; readonly sequence: number }
  | {
      readonly kind: 'message';
      readonly sequence: number;
      readonly message: ReceivedSpoolMessage | undefined;
    }
  | { readonly kind: 'ask'; readonly tag: Uint8Array }
  | ({ readonly kind: 'proof' } & ProofAnswer);

/** A mix's answer to a request for a proof. */
export interface ProofAnswer {
  /** Replay tag of the packet, 32 bytes. */
  readonly tag: Uint8Array;
  /** The proof, 80 bytes, or why there is no proof. */
  readonly proof: Uint8Array | ProofRefusal;
  /** Largest recent lateness of packets at that mix, as the mix claims; microseconds. */
  readonly lateUs: number;
}

/** A spooled message as its client receives it. */
export interface ReceivedSpoolMessage extends SpooledMessage {
  /** How long the message waited at the provider, microseconds. */
  readonly waitedUs: number;
}

/**
 * Computes the number by which observers identify a spooled message; provider and client compute
 * the same number from the message's body.
 * @returns 48 bits, a safe integer.
 */
export function hashSpooledMessage(body: Uint8Array): number {
  let low = 0;
  let high = 0;
  // Two polynomial hashes of 24 bits each, with odd multipliers that are small enough for exact
  // arithmetic.
  for (const byte of body) {
    low = (low * 257 + byte + 1) & 0xff_ffff;
    high = (high * 4093 + byte + 7) & 0xff_ffff;
  }
  return high * 0x100_0000 + low;
}

/** Why a datagram is not a valid frame. */
export type FrameDropReason = 'frame-length' | 'frame-command' | 'frame-kind' | 'frame-padding';

/**
 * Encodes and decodes the frames of a network; all nodes of a network have the same packet
 * geometry.
 */
export class FrameCodec {
  /** Length of every datagram, bytes. */
  readonly length: number;
  /** Length of the body of a spooled message, bytes. */
  readonly bodyLength: number;

  constructor(geometry: PacketGeometry) {
    this.length = COMMAND_LENGTH + geometry.packetLength;
    this.bodyLength = geometry.payloadTagLength + geometry.forwardPayloadLength;
  }

  /**
   * Decodes a datagram: the `length` bytes of `buffer` that begin at `offset`.
   * @returns the frame, or the drop reason.
   */
  decode(buffer: Uint8Array, offset: number, length: number): DecodedFrame | FrameDropReason {
    if (length !== this.length) return 'frame-length';
    // hot: only one view is made for a packet, since nearly every datagram is a packet.
    if (buffer[offset] === COMMAND_SEND_PACKET) {
      return { kind: 'packet', packet: buffer.subarray(offset + COMMAND_LENGTH, offset + length) };
    }
    const frame = buffer.subarray(offset, offset + length);
    switch (frame[0]) {
      case COMMAND_RETRIEVE_MESSAGE:
        return this.#retrieve(frame);
      case COMMAND_MESSAGE:
        return this.#message(frame);
      case COMMAND_PROOF_REQUEST:
        return this.#ask(frame);
      case COMMAND_PROOF:
        return this.#proof(frame);
      default:
        return 'frame-command';
    }
  }

  /** Writes the command in front of a packet that is in the frame already. */
  markPacket(frame: Uint8Array): void {
    frame[0] = COMMAND_SEND_PACKET;
  }

  /** Writes a frame with a packet: the command and the packet's bytes. */
  encodePacket(frame: Uint8Array, packet: Uint8Array): void {
    frame[0] = COMMAND_SEND_PACKET;
    frame.set(packet, COMMAND_LENGTH);
  }

  /** Writes a retrieval, which also acknowledges all messages up to the number `sequence`. */
  encodeRetrieve(frame: Uint8Array, sequence: number): void {
    frame.fill(0, 0, this.length);
    frame[0] = COMMAND_RETRIEVE_MESSAGE;
    writeUint32(frame, COMMAND_LENGTH, sequence);
  }

  /**
   * Writes one frame of the answer to a retrieval: with a message, or an empty frame if the message
   * is undefined.
   */
  encodeMessage(
    frame: Uint8Array,
    sequence: number,
    message: ReceivedSpoolMessage | undefined,
  ): void {
    frame.fill(0, 0, this.length);
    frame[0] = COMMAND_MESSAGE;
    writeUint32(frame, SEQUENCE_OFFSET, sequence);
    if (message === undefined) return;
    frame[COMMAND_LENGTH] = KINDS.indexOf(message.kind);
    writeUint32(frame, WAITED_OFFSET, message.waitedUs);
    frame.set(message.surbId, SURB_OFFSET);
    frame.set(message.body, BODY_OFFSET);
  }

  /** Writes a request for the proof of a packet's delay. */
  encodeAsk(frame: Uint8Array, tag: Uint8Array): void {
    frame.fill(0, 0, this.length);
    frame[0] = COMMAND_PROOF_REQUEST;
    frame.set(tag, COMMAND_LENGTH);
  }

  /** Writes the answer to a request for the proof of a packet's delay. */
  encodeProof(frame: Uint8Array, { tag, proof, lateUs }: ProofAnswer): void {
    frame.fill(0, 0, this.length);
    frame[0] = COMMAND_PROOF;
    frame.set(tag, TAG_OFFSET);
    if (typeof proof === 'string') frame[COMMAND_LENGTH] = STATUSES.indexOf(proof);
    else {
      frame.set(proof, PROOF_OFFSET);
      writeUint32(frame, LATENESS_OFFSET, lateUs);
    }
  }

  #ask(frame: Uint8Array): DecodedFrame | FrameDropReason {
    const end = COMMAND_LENGTH + REPLAY_TAG_LENGTH;
    if (!isZero(frame, end)) return 'frame-padding';
    return { kind: 'ask', tag: frame.subarray(COMMAND_LENGTH, end) };
  }

  #proof(frame: Uint8Array): DecodedFrame | FrameDropReason {
    const status = STATUSES[frame[COMMAND_LENGTH] as number];
    if (status === undefined) return 'frame-kind';
    const isGiven = status === 'given';
    if (!isZero(frame, isGiven ? PROOF_END : PROOF_OFFSET)) return 'frame-padding';
    const tag = frame.subarray(TAG_OFFSET, PROOF_OFFSET);
    const proof = isGiven ? frame.subarray(PROOF_OFFSET, LATENESS_OFFSET) : status;
    return { kind: 'proof', tag, proof, lateUs: readUint32(frame, LATENESS_OFFSET) };
  }

  #retrieve(frame: Uint8Array): DecodedFrame | FrameDropReason {
    const end = COMMAND_LENGTH + SPOOL_SEQUENCE_LENGTH;
    if (!isZero(frame, end)) return 'frame-padding';
    return { kind: 'retrieve', sequence: readUint32(frame, COMMAND_LENGTH) };
  }

  #message(frame: Uint8Array): DecodedFrame | FrameDropReason {
    const sequence = readUint32(frame, SEQUENCE_OFFSET);
    const kind = KINDS[frame[COMMAND_LENGTH] as number];
    if (kind === undefined) return 'frame-kind';
    if (kind === 'empty') {
      return isZero(frame, WAITED_OFFSET)
        ? { kind: 'message', sequence, message: undefined }
        : 'frame-padding';
    }
    const end = BODY_OFFSET + this.bodyLength;
    if (!isZero(frame, end)) return 'frame-padding';
    const message = {
      kind,
      waitedUs: readUint32(frame, WAITED_OFFSET),
      surbId: frame.subarray(SURB_OFFSET, BODY_OFFSET),
      body: frame.subarray(BODY_OFFSET, end),
    };
    return { kind: 'message', sequence, message };
  }
}

function isZero(bytes: Uint8Array, from: number): boolean {
  let sum = 0;
  for (let index = from; index < bytes.length; index++) sum |= bytes[index] as number;
  return sum === 0;
}
