/**
 * The packet authenticator option (SPAO): encodes and decodes it, and computes which bytes of a
 * packet it covers.
 *
 * SCION "Authenticator option" (doc/protocols/authenticator-option.rst), reference pkg/spao/mac.go.
 * Like the reference, and unlike the document, the authenticator does not cover the upper two bits
 * of the traffic class, but covers ECN. The only algorithm is AES-CMAC. Keys and times are in
 * scmp-authentication.ts.
 *
 * @module
 */
import { concatByteList, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  COMMON_HEADER_LENGTH,
  EPIC_META_LENGTH,
  HEADER_UNIT_BYTES,
  HOP_FIELD_LENGTH,
  INFO_FIELD_LENGTH,
  ISD_AS_PAIR_LENGTH,
  ONE_HOP_PATH_LENGTH,
  PATH_META_LENGTH,
  PATH_TYPE_EPIC,
  PATH_TYPE_ONE_HOP,
  PATH_TYPE_SCION,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
} from '../geometry.ts';
import { decodeExtension, extensionLength } from '../wire/extension.ts';
import type { PacketView } from '../wire/packet-view.ts';

/** Option type of the packet authenticator option, among end-to-end options. */
export const SPAO_TYPE = 2;
/** Bytes of a CMAC authenticator. */
export const SPAO_TAG_LENGTH = 16;
/**
 * Security parameter index (SPI) of SCMP with a key that the sender's AS derives for the receiving
 * host (AS-host, sender side).
 */
export const SPI_SCMP_SENDER_SIDE = 1;

/** The content of a packet authenticator option. */
export interface SpaoOption {
  /** Security parameter index; 1 … 2^21-1 names a DRKey. */
  readonly spi: number;
  /** The algorithm; 0 is AES-CMAC. */
  readonly algorithm: number;
  /** Nanoseconds since the key's epoch began, 48 bits. */
  readonly timestamp: Uint8Array;
  readonly authenticator: Uint8Array;
}

const ALGORITHM_OFFSET = 4;
const TIMESTAMP_OFFSET = 6;
const AUTHENTICATOR_OFFSET = 12;
const SPI_DRKEY_MAX = 0x1f_ffff;
const SPI_HOST_HOST = 0x2_0000;
const SPI_RECEIVER_SIDE = 0x1_0000;
/** Mask that clears the upper two bits of the traffic class, as in reference pkg/spao/mac.go. */
const FIRST_WORD_MASK = 0xf3ff_ffff;
const INPUT_HEAD_LENGTH = 20;
const INPUT_TIMESTAMP_OFFSET = 6;
const INPUT_WORDS_OFFSET = 12;
const PATH_TYPE_WORD_OFFSET = 8;
const NO_PATH = new Uint8Array(0);

/** Finds the packet authenticator option in a parsed packet; undefined if there is none. */
export function findSpao(packet: PacketView): SpaoOption | undefined {
  const { buffer, end } = packet;
  let offset = packet.start + packet.headerLength;
  let protocol = packet.nextHeader;
  if (protocol === PROTOCOL_HOP_BY_HOP) {
    protocol = buffer[offset] as number;
    offset += extensionLength(buffer, offset, end);
  }
  if (protocol !== PROTOCOL_END_TO_END) return undefined;
  const extension = decodeExtension(buffer.subarray(offset, end));
  if (typeof extension === 'string') return undefined;
  const data = extension.options.find((option) => option.type === SPAO_TYPE)?.data;
  return data === undefined || data.length < AUTHENTICATOR_OFFSET ? undefined : readSpao(data);
}

/**
 * Returns the bytes that an authenticator covers.
 * @param packet A parsed packet; its extension headers are not covered.
 */
export function spaoMacInput(packet: PacketView, option: SpaoOption): Uint8Array {
  const { buffer, start } = packet;
  const head = new Uint8Array(INPUT_HEAD_LENGTH);
  head[0] = packet.headerLength / HEADER_UNIT_BYTES;
  head[1] = packet.upperProtocol;
  writeUint16(head, 2, packet.end - packet.upperOffset);
  head[4] = option.algorithm;
  head.set(option.timestamp, INPUT_TIMESTAMP_OFFSET);
  writeUint32(head, INPUT_WORDS_OFFSET, readUint32(buffer, start) & FIRST_WORD_MASK);
  head.set(
    buffer.subarray(start + PATH_TYPE_WORD_OFFSET, start + PATH_TYPE_WORD_OFFSET + 2),
    INPUT_WORDS_OFFSET + HEADER_UNIT_BYTES,
  );
  const upper = buffer.subarray(packet.upperOffset, packet.end);
  return concatByteList([
    head,
    ...coveredAddresses(packet, option.spi),
    constantPath(packet),
    upper,
  ]);
}

/**
 * Returns the addresses that the authenticator must cover, since they are not part of the key
 * ("Authenticated data").
 */
function coveredAddresses(packet: PacketView, spi: number): Uint8Array[] {
  const { buffer, start, targetHostOffset, sourceHostOffset, pathOffset } = packet;
  const isDrkey = spi > 0 && spi <= SPI_DRKEY_MAX;
  const isAsHost = (spi & SPI_HOST_HOST) === 0;
  const isReceiverSide = (spi & SPI_RECEIVER_SIDE) !== 0;
  const parts: Uint8Array[] = [];
  const pairOffset = start + COMMON_HEADER_LENGTH;
  if (!isDrkey) parts.push(buffer.subarray(pairOffset, pairOffset + ISD_AS_PAIR_LENGTH));
  if (!isDrkey || (isAsHost && isReceiverSide)) {
    parts.push(buffer.subarray(targetHostOffset, sourceHostOffset));
  }
  if (!isDrkey || (isAsHost && !isReceiverSide)) {
    parts.push(buffer.subarray(sourceHostOffset, pathOffset));
  }
  return parts;
}

/** Returns a copy of the path with zeros in all fields that routers change. */
function constantPath(packet: PacketView): Uint8Array {
  const { buffer, pathOffset, infoCount, hopCount } = packet;
  switch (packet.pathType) {
    case PATH_TYPE_SCION:
    case PATH_TYPE_EPIC: {
      // The bytes before the SCION path in an EPIC-HP path do not change on the way.
      const metaOffset = packet.pathType === PATH_TYPE_EPIC ? EPIC_META_LENGTH : 0;
      const infosOffset = metaOffset + PATH_META_LENGTH;
      const hopsOffset = infosOffset + INFO_FIELD_LENGTH * infoCount;
      const path = buffer.slice(pathOffset, pathOffset + hopsOffset + HOP_FIELD_LENGTH * hopCount);
      // Zeroes CurrINF and CurrHF, segment ids, and router alerts.
      path[metaOffset] = 0;
      for (let info = 0; info < infoCount; info++) {
        clearSegmentId(path, infosOffset + INFO_FIELD_LENGTH * info);
      }
      for (let hop = 0; hop < hopCount; hop++) path[hopsOffset + HOP_FIELD_LENGTH * hop] = 0;
      return path;
    }
    case PATH_TYPE_ONE_HOP: {
      // Zeroes the segment id and the alerts of the first hop, and the second hop, which are
      // changed on the way.
      const path = buffer.slice(pathOffset, pathOffset + ONE_HOP_PATH_LENGTH);
      clearSegmentId(path, 0);
      path[INFO_FIELD_LENGTH] = 0;
      path.fill(0, INFO_FIELD_LENGTH + HOP_FIELD_LENGTH);
      return path;
    }
    default:
      return NO_PATH;
  }
}

function clearSegmentId(path: Uint8Array, infoOffset: number): void {
  path.fill(0, infoOffset + 2, infoOffset + HEADER_UNIT_BYTES);
}

/**
 *     |                              SPI                              |
 *     |   Algorithm   |      RSV      |    Timestamp, upper 16 bits   |
 *     |                   Timestamp, lower 32 bits                    |
 *     |                        Authenticator …                        |
 */
function readSpao(data: Uint8Array): SpaoOption {
  return {
    spi: readUint32(data, 0),
    algorithm: data[ALGORITHM_OFFSET] as number,
    timestamp: data.slice(TIMESTAMP_OFFSET, AUTHENTICATOR_OFFSET),
    authenticator: data.slice(AUTHENTICATOR_OFFSET),
  };
}

/** Encodes the data of a packet authenticator option. */
export function encodeSpao(option: SpaoOption): Uint8Array {
  const data = new Uint8Array(AUTHENTICATOR_OFFSET + option.authenticator.length);
  writeUint32(data, 0, option.spi);
  data[ALGORITHM_OFFSET] = option.algorithm;
  data.set(option.timestamp, TIMESTAMP_OFFSET);
  data.set(option.authenticator, AUTHENTICATOR_OFFSET);
  return data;
}
