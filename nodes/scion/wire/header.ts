/**
 * The SCION header as a plain object: common header, addresses, path.
 *
 * SCION header specification "Common Header", "Address Header". For control code, SCMP replies,
 * header templates and tests; routers and gateways read each packet by packet-view.ts. The bytes
 * after the header are not interpreted.
 *
 * @module
 */
import { concatBytes, readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import {
  DESTINATION_ISD_AS_OFFSET,
  FLOW_ID_MAX,
  HEADER_LENGTH_OFFSET,
  HEADER_UNIT_BYTES,
  HOST_ADDRESSES_OFFSET,
  HOST_TYPES_OFFSET,
  NEXT_HEADER_OFFSET,
  PATH_TYPE_OFFSET,
  PAYLOAD_LENGTH_MAX,
  PAYLOAD_LENGTH_OFFSET,
  SCION_HEADER_BYTES_MAX,
  SCION_VERSION,
  SOURCE_ISD_AS_OFFSET,
} from '../geometry.ts';
import type { WireDropReason } from './drops.ts';
import { type HostAddress, hostAddressLength } from './host-address.ts';
import { type IsdAs, readIsdAs, writeIsdAs } from './isd-as.ts';
import {
  decodePath,
  encodedPathLength,
  encodePath,
  pathTypeNumber,
  type WirePath,
} from './path.ts';

/** A SCION header. Lengths that follow from its content are not stored. */
export interface ScionHeader {
  /** Traffic class: DSCP (6 bits) and ECN (2 bits). */
  readonly trafficClass: number;
  /** Identifies the flow, 20 bits. */
  readonly flowId: number;
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** PayloadLen: number of bytes after the header, according to the header. */
  readonly payloadLength: number;
  readonly target: IsdAs;
  readonly source: IsdAs;
  readonly targetHost: HostAddress;
  readonly sourceHost: HostAddress;
  readonly path: WirePath;
}

/** A decoded header, and its length. */
export interface DecodedHeader {
  readonly header: ScionHeader;
  /** Length of the complete header in bytes, from the start of the packet. */
  readonly headerLength: number;
}

const NIBBLE_MASK = 0xf;

/** Computes the length of a header, bytes: 12 + addresses + path. */
export function headerLength(
  header: Pick<ScionHeader, 'targetHost' | 'sourceHost' | 'path'>,
): number {
  const hosts =
    hostAddressLength(header.targetHost.type) + hostAddressLength(header.sourceHost.type);
  return HOST_ADDRESSES_OFFSET + hosts + encodedPathLength(header.path);
}

/**
 * Decodes the header at the start of a packet. RSV bits are ignored.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |Version| TrafficClass  |                FlowID                 |
 *     |    NextHdr    |    HdrLen     |          PayloadLen           |
 *     |    PathType   |DT |DL |ST |SL |              RSV              |
 *     |            DstISD             |                DstAS          |
 *     |                               …                               |
 *     |            SrcISD             |                SrcAS          |
 *     |                               …                               |
 *     |  DstHostAddr 4·(1+DL) bytes   …   SrcHostAddr 4·(1+SL) bytes  |
 *     |                             path …                            |
 */
export function decodeHeader(packet: Uint8Array): DecodedHeader | WireDropReason {
  if (packet.length < HOST_ADDRESSES_OFFSET) return 'scion-truncated';
  const word = readUint32(packet, 0);
  if (word >>> 28 !== SCION_VERSION) return 'scion-version';
  const length = HEADER_UNIT_BYTES * (packet[HEADER_LENGTH_OFFSET] as number);
  const types = packet[HOST_TYPES_OFFSET] as number;
  const targetType = types >>> 4;
  const sourceType = types & NIBBLE_MASK;
  const sourceHostOffset = HOST_ADDRESSES_OFFSET + hostAddressLength(targetType);
  const pathOffset = sourceHostOffset + hostAddressLength(sourceType);
  if (length < pathOffset) return 'scion-header-length';
  if (packet.length < length) return 'scion-truncated';
  const path = decodePath(packet[PATH_TYPE_OFFSET] as number, packet.subarray(pathOffset, length));
  if (typeof path === 'string') return path;
  const header: ScionHeader = {
    trafficClass: (word >>> 20) & 0xff,
    flowId: word & FLOW_ID_MAX,
    nextHeader: packet[NEXT_HEADER_OFFSET] as number,
    payloadLength: readUint16(packet, PAYLOAD_LENGTH_OFFSET),
    target: readIsdAs(packet, DESTINATION_ISD_AS_OFFSET),
    source: readIsdAs(packet, SOURCE_ISD_AS_OFFSET),
    targetHost: { type: targetType, bytes: packet.slice(HOST_ADDRESSES_OFFSET, sourceHostOffset) },
    sourceHost: { type: sourceType, bytes: packet.slice(sourceHostOffset, pathOffset) },
    path,
  };
  return { header, headerLength: length };
}

/**
 * Encodes a header; HdrLen, PathType and the address types follow from its content.
 * @throws RangeError when header or payload exceed their length fields.
 */
export function encodeHeader(header: ScionHeader): Uint8Array {
  const length = headerLength(header);
  if (length > SCION_HEADER_BYTES_MAX) throw new RangeError(`SCION header of ${length} bytes`);
  if (header.payloadLength > PAYLOAD_LENGTH_MAX) {
    throw new RangeError(`SCION payload of ${header.payloadLength} bytes`);
  }
  const bytes = new Uint8Array(length);
  const { targetHost, sourceHost } = header;
  writeUint32(bytes, 0, (SCION_VERSION << 28) | (header.trafficClass << 20) | header.flowId);
  bytes[NEXT_HEADER_OFFSET] = header.nextHeader;
  bytes[HEADER_LENGTH_OFFSET] = bytes.length / HEADER_UNIT_BYTES;
  writeUint16(bytes, PAYLOAD_LENGTH_OFFSET, header.payloadLength);
  bytes[PATH_TYPE_OFFSET] = pathTypeNumber(header.path);
  bytes[HOST_TYPES_OFFSET] = (targetHost.type << 4) | sourceHost.type;
  writeIsdAs(bytes, DESTINATION_ISD_AS_OFFSET, header.target);
  writeIsdAs(bytes, SOURCE_ISD_AS_OFFSET, header.source);
  bytes.set(targetHost.bytes, HOST_ADDRESSES_OFFSET);
  bytes.set(sourceHost.bytes, HOST_ADDRESSES_OFFSET + targetHost.bytes.length);
  bytes.set(encodePath(header.path), bytes.length - encodedPathLength(header.path));
  return bytes;
}

/** Encodes a packet whose PayloadLen is the length of `payload`. */
export function encodePacket(
  header: Omit<ScionHeader, 'payloadLength'>,
  payload: Uint8Array,
): Uint8Array {
  return concatBytes(encodeHeader({ ...header, payloadLength: payload.length }), payload);
}

/** Replaces PayloadLen in an encoded header at `offset`, for header templates. */
export function writePayloadLength(packet: Uint8Array, offset: number, length: number): void {
  writeUint16(packet, offset + PAYLOAD_LENGTH_OFFSET, length);
}
