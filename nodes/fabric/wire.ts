/**
 * Fabric: the format of packets; a carrier carries each as one message. Integers are big-endian.
 *
 * ```text
 *  0         1       2       6         10            18         24          28
 *  | version | flags | life  | number  | memory      | floor    | checksum  | parts ...
 *  | u8      | u8    | u32   | u32     | 8 bytes     | u48      | CRC-32C   |
 * ```
 *
 * `life` is the sender's count of its starts, `number` counts its packets on this way. `memory` is the random name of
 * the sender's memory, its stored numbering of messages; its messages with numbers below `floor` are not open any more.
 * The checksum covers all other bytes (RFC 3720 appendix B.4). Parts, in this order:
 *
 * ```text
 *  acknowledgement (flag 1)  life u32, largest u32, delay us u32, ranges u8, then first u32 of the
 *                            first range, and last u32, first u32 of each further one
 *  news (flag 2)             memory 8 bytes, contiguous u48, length u8, bits of the numbers above it
 *  challenge (flag 16)       memory 8 bytes, life u32, nonce 8 bytes
 *  confirmation (flag 32)    nonce 8 bytes
 *  pieces, up to the end     number u48, total u32, offset u32, length u32, bytes
 * ```
 *
 * Flag 4: the packet wants to be acknowledged. Flag 8: its sender asks for news. Flag 64: it belongs to the private
 * messages of both nodes.
 *
 * @module
 */
import { crc32c } from '../../engine/pure/crc32c.ts';
import { readUint32, readUint48, writeUint32, writeUint48 } from '../_kit/bytes.ts';
import { ACK_RANGES_MAX, type Acknowledgement } from '../_kit/loss-recovery/received-packets.ts';
import {
  CHALLENGE_NONCE_BYTES,
  MEMORY_NAME_BYTES,
  PACKET_PIECES_MAX,
  PACKET_VERSION,
  RECEIVE_WINDOW_NUMBERS,
} from './geometry.ts';

/** Length of a packet's head, in front of the parts, bytes. */
export const PACKET_HEAD_BYTES = 28;
/** Length of the four numbers in front of a piece's data, bytes. */
export const PIECE_HEAD_BYTES = 18;
/** Largest length of a packet's news, bytes. */
export const HANDLED_NEWS_BYTES_MAX = MEMORY_NAME_BYTES + 7 + RECEIVE_WINDOW_NUMBERS / 8;
/** Length of a packet that contains a challenge and no other part, bytes. */
export const CHALLENGE_PACKET_BYTES =
  PACKET_HEAD_BYTES + MEMORY_NAME_BYTES + 4 + CHALLENGE_NONCE_BYTES;

const CHECKSUM_AT = 24;
const HAS_ACKNOWLEDGEMENT = 1;
const HAS_NEWS = 2;
const IS_ELICITING = 4;
const ASKS_NEWS = 8;
const HAS_CHALLENGE = 16;
const HAS_CONFIRMATION = 32;
const IS_PRIVATE = 64;
const FLAGS = 127;
const NS_PER_US = 1_000;
const UINT32_MAX = 0xffff_ffff;
const ACKNOWLEDGEMENT_BYTES = 17;
const RANGE_BYTES = 8;

/** Why bytes are not a valid packet. */
export type PacketDropReason =
  | 'truncated'
  | 'wrong-version'
  | 'bad-checksum'
  | 'bad-acknowledgement'
  | 'bad-news'
  | 'bad-challenge'
  | 'bad-piece';

/**
 * The news of a node: which messages of its peer it has handled, all numbers up to `contiguous` and some
 * above.
 */
export interface HandledNews {
  /** Name of the peer's memory that gave these numbers. */
  readonly memory: Uint8Array;
  readonly contiguous: number;
  /** A bit for each higher number, 1 if it was handled: bit 0 of byte 0 stands for `contiguous + 1`. */
  readonly above: Uint8Array;
}

/** Asks a node whether packets with this memory and this life are its own. */
export interface PeerChallenge {
  readonly memory: Uint8Array;
  readonly life: number;
  /**
   * Random bytes that the confirmation has to repeat: only a node that reads what is sent to the challenged one can.
   */
  readonly nonce: Uint8Array;
}

/** A piece of a message, as a packet carries it. */
export interface MessagePiece {
  /** The number of the message. */
  readonly number: number;
  /** Length of the whole message, bytes. */
  readonly total: number;
  readonly offset: number;
  /** A view into the packet. */
  readonly bytes: Uint8Array;
}

/** An acknowledgement of the packets of one life. */
export interface PacketAcknowledgement extends Acknowledgement {
  readonly life: number;
}

/** A decoded packet; the fields are explained at the top of this module. */
export interface FabricPacket {
  readonly life: number;
  readonly number: number;
  readonly memory: Uint8Array;
  readonly floor: number;
  readonly isEliciting: boolean;
  readonly asksNews: boolean;
  readonly acknowledgement: PacketAcknowledgement | undefined;
  readonly news: HandledNews | undefined;
  readonly challenge: PeerChallenge | undefined;
  /** The repeated nonce of a challenge about this packet's memory and life. */
  readonly confirmation: Uint8Array | undefined;
  readonly pieces: readonly MessagePiece[];
}

/** Writes packets one after another into the same buffer. */
export class PacketWriter {
  readonly #bytes: Uint8Array;
  readonly #flags: number;
  #length = 0;
  #pieces = 0;

  /** @param limit Length of the largest packet, bytes. */
  constructor(limit: number, { isPrivate = false }: { readonly isPrivate?: boolean } = {}) {
    this.#bytes = new Uint8Array(limit);
    this.#flags = isPrivate ? IS_PRIVATE : 0;
  }

  /** Number of bytes left for the data of a further piece; < 1 if no piece fits. */
  get pieceRoom(): number {
    if (this.#pieces >= PACKET_PIECES_MAX) return 0;
    return this.#bytes.length - this.#length - PIECE_HEAD_BYTES;
  }

  get length(): number {
    return this.#length;
  }

  begin(life: number, memory: Uint8Array, floor: number): void {
    const bytes = this.#bytes;
    bytes[0] = PACKET_VERSION;
    bytes[1] = this.#flags;
    writeUint32(bytes, 2, life);
    bytes.set(memory, 10);
    writeUint48(bytes, 18, floor);
    this.#length = PACKET_HEAD_BYTES;
    this.#pieces = 0;
  }

  acknowledge(life: number, { largest, delayNs, ranges }: Acknowledgement): void {
    const bytes = this.#bytes;
    const room = this.pieceRoom - ACKNOWLEDGEMENT_BYTES;
    const count = Math.min(ranges.length, ACK_RANGES_MAX, 1 + Math.floor(room / RANGE_BYTES));
    let at = this.#length;
    this.#flag(HAS_ACKNOWLEDGEMENT);
    writeUint32(bytes, at, life);
    writeUint32(bytes, at + 4, largest);
    writeUint32(bytes, at + 8, Math.min(UINT32_MAX, Math.floor(delayNs / NS_PER_US)));
    bytes[at + 12] = count;
    at += 13;
    for (let index = 0; index < count; index += 1) {
      const [first, last] = ranges[index] as readonly [number, number];
      if (index > 0) {
        writeUint32(bytes, at, last);
        at += 4;
      }
      writeUint32(bytes, at, first);
      at += 4;
    }
    this.#length = at;
  }

  news({ memory, contiguous, above }: HandledNews): void {
    const bytes = this.#bytes;
    const at = this.#length;
    this.#flag(HAS_NEWS);
    bytes.set(memory, at);
    writeUint48(bytes, at + MEMORY_NAME_BYTES, contiguous);
    bytes[at + MEMORY_NAME_BYTES + 6] = above.length;
    bytes.set(above, at + MEMORY_NAME_BYTES + 7);
    this.#length = at + MEMORY_NAME_BYTES + 7 + above.length;
  }

  challenge({ memory, life, nonce }: PeerChallenge): void {
    const bytes = this.#bytes;
    const at = this.#length;
    this.#flag(HAS_CHALLENGE);
    bytes.set(memory, at);
    writeUint32(bytes, at + MEMORY_NAME_BYTES, life);
    bytes.set(nonce, at + MEMORY_NAME_BYTES + 4);
    this.#length = at + MEMORY_NAME_BYTES + 4 + CHALLENGE_NONCE_BYTES;
  }

  confirm(nonce: Uint8Array): void {
    this.#flag(HAS_CONFIRMATION);
    this.#bytes.set(nonce, this.#length);
    this.#length += CHALLENGE_NONCE_BYTES;
  }

  // hot: once per message, and once per piece of a long one.
  /** Writes `length` bytes of a message from `offset` on, at most {@link pieceRoom}. */
  piece(number: number, message: Uint8Array, offset: number, length: number): void {
    const bytes = this.#bytes;
    const at = this.#length;
    writeUint48(bytes, at, number);
    writeUint32(bytes, at + 6, message.length);
    writeUint32(bytes, at + 10, offset);
    writeUint32(bytes, at + 14, length);
    bytes.set(message.subarray(offset, offset + length), at + PIECE_HEAD_BYTES);
    this.#length = at + PIECE_HEAD_BYTES + length;
    this.#pieces += 1;
  }

  /** Marks the packet as one that the receiver has to acknowledge. */
  elicit(): void {
    this.#flag(IS_ELICITING);
  }

  askNews(): void {
    this.#flag(ASKS_NEWS);
  }

  /** Ends the packet with this number. @returns its bytes, valid until the next {@link begin}. */
  end(number: number): Uint8Array {
    writeUint32(this.#bytes, 6, number);
    const packet = this.#bytes.subarray(0, this.#length);
    writeUint32(packet, CHECKSUM_AT, checksumOf(packet));
    return packet;
  }

  #flag(flag: number): void {
    this.#bytes[1] = (this.#bytes[1] as number) | flag;
  }
}

/** True if a packet belongs to the private messages of its sender and this node; its checksum is not examined. */
export function isPrivatePacket(bytes: Uint8Array): boolean {
  return ((bytes[1] ?? 0) & IS_PRIVATE) !== 0;
}

/** Computes the checksum of a packet, over all bytes but the checksum itself. */
function checksumOf(packet: Uint8Array): number {
  return crc32c(packet, crc32c(packet, 0, 0, CHECKSUM_AT), PACKET_HEAD_BYTES);
}

/** Reads a packet; its parts are views into the bytes. */
export function decodePacket(bytes: Uint8Array): FabricPacket | PacketDropReason {
  if (bytes.length < PACKET_HEAD_BYTES) return 'truncated';
  if (bytes[0] !== PACKET_VERSION) return 'wrong-version';
  if (readUint32(bytes, CHECKSUM_AT) !== checksumOf(bytes)) return 'bad-checksum';
  const flags = bytes[1] as number;
  if (flags > FLAGS) return 'wrong-version';
  const reader = new PartReader(bytes);
  const acknowledgement =
    (flags & HAS_ACKNOWLEDGEMENT) === 0 ? undefined : reader.acknowledgement();
  if (acknowledgement === 'bad') return 'bad-acknowledgement';
  const news = (flags & HAS_NEWS) === 0 ? undefined : reader.news();
  if (news === 'bad') return 'bad-news';
  const challenge = (flags & HAS_CHALLENGE) === 0 ? undefined : reader.challenge();
  const confirmation = (flags & HAS_CONFIRMATION) === 0 ? undefined : reader.confirmation();
  if (challenge === 'bad' || confirmation === 'bad') return 'bad-challenge';
  const pieces = reader.pieces();
  if (pieces === undefined) return 'bad-piece';
  return {
    life: readUint32(bytes, 2),
    number: readUint32(bytes, 6),
    memory: bytes.subarray(10, 10 + MEMORY_NAME_BYTES),
    floor: readUint48(bytes, 18),
    isEliciting: (flags & IS_ELICITING) !== 0,
    asksNews: (flags & ASKS_NEWS) !== 0,
    acknowledgement,
    news,
    challenge,
    confirmation,
    pieces,
  };
}

/** Reads the parts of a packet in the order in which they stand. */
class PartReader {
  readonly #bytes: Uint8Array;
  #at = PACKET_HEAD_BYTES;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  acknowledgement(): PacketAcknowledgement | 'bad' {
    const bytes = this.#bytes;
    const at = this.#at;
    if (bytes.length < at + ACKNOWLEDGEMENT_BYTES) return 'bad';
    const count = bytes[at + 12] as number;
    const end = at + ACKNOWLEDGEMENT_BYTES + (count - 1) * RANGE_BYTES;
    if (count < 1 || count > ACK_RANGES_MAX || bytes.length < end) return 'bad';
    const largest = readUint32(bytes, at + 4);
    const ranges = rangesOf(bytes, at + 9, count, largest);
    if (ranges === undefined) return 'bad';
    this.#at = end;
    const delayNs = readUint32(bytes, at + 8) * NS_PER_US;
    return { life: readUint32(bytes, at), largest, delayNs, ranges };
  }

  news(): HandledNews | 'bad' {
    const bytes = this.#bytes;
    const at = this.#at;
    const bits = at + MEMORY_NAME_BYTES + 7;
    if (bytes.length < bits) return 'bad';
    const length = bytes[bits - 1] as number;
    if (length > RECEIVE_WINDOW_NUMBERS / 8 || bytes.length < bits + length) return 'bad';
    this.#at = bits + length;
    return {
      memory: bytes.subarray(at, at + MEMORY_NAME_BYTES),
      contiguous: readUint48(bytes, at + MEMORY_NAME_BYTES),
      above: bytes.subarray(bits, bits + length),
    };
  }

  challenge(): PeerChallenge | 'bad' {
    const bytes = this.#bytes;
    const at = this.#at;
    const nonceAt = at + MEMORY_NAME_BYTES + 4;
    if (bytes.length < nonceAt + CHALLENGE_NONCE_BYTES) return 'bad';
    this.#at = nonceAt + CHALLENGE_NONCE_BYTES;
    return {
      memory: bytes.subarray(at, at + MEMORY_NAME_BYTES),
      life: readUint32(bytes, at + MEMORY_NAME_BYTES),
      nonce: bytes.subarray(nonceAt, this.#at),
    };
  }

  confirmation(): Uint8Array | 'bad' {
    const at = this.#at;
    if (this.#bytes.length < at + CHALLENGE_NONCE_BYTES) return 'bad';
    this.#at = at + CHALLENGE_NONCE_BYTES;
    return this.#bytes.subarray(at, this.#at);
  }

  pieces(): readonly MessagePiece[] | undefined {
    const bytes = this.#bytes;
    const pieces: MessagePiece[] = [];
    let at = this.#at;
    while (at < bytes.length) {
      const start = at + PIECE_HEAD_BYTES;
      if (start > bytes.length || pieces.length === PACKET_PIECES_MAX) return undefined;
      const total = readUint32(bytes, at + 6);
      const offset = readUint32(bytes, at + 10);
      const length = readUint32(bytes, at + 14);
      if (length === 0 || start + length > bytes.length || offset + length > total)
        return undefined;
      const number = readUint48(bytes, at);
      pieces.push({ number, total, offset, bytes: bytes.subarray(start, start + length) });
      at = start + length;
    }
    return pieces;
  }
}

/**
 * Reads the acknowledged ranges, which must descend without touching; `first` of the first range is at
 * `at` + 4. Undefined if they do not.
 */
function rangesOf(
  bytes: Uint8Array,
  at: number,
  count: number,
  largest: number,
): readonly (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = [];
  let below = largest + 1;
  for (let index = 0; index < count; index += 1) {
    const last = index === 0 ? largest : readUint32(bytes, at + index * RANGE_BYTES);
    const first = readUint32(bytes, at + index * RANGE_BYTES + 4);
    // Ranges that touch or overlap are malformed.
    if (first > last || (index > 0 && last + 1 >= below)) return undefined;
    ranges.push([first, last]);
    below = first;
  }
  return ranges;
}
