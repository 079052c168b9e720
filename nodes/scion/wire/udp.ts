/**
 * Encodes and decodes the datagrams of UDP/SCION.
 *
 * SCION "UDP/SCION": the UDP header of RFC 768 with the pseudo header of SCION. The checksum of a
 * received datagram is checked on the whole packet by PacketView.checkUpper, unless it is 0.
 *
 * @module
 */
import { concatBytes, readUint16, writeUint16 } from '../../_kit/bytes.ts';
import {
  PROTOCOL_UDP,
  UDP_CHECKSUM_OFFSET,
  UDP_HEADER_LENGTH,
  UDP_LENGTH_OFFSET,
  UDP_TARGET_PORT_OFFSET,
} from '../geometry.ts';
import { writeChecksum } from './checksum.ts';
import type { WireDropReason } from './drops.ts';
import { encodePacket, type ScionHeader } from './header.ts';

/** A UDP datagram inside a SCION packet: two ports and a payload. */
export interface UdpDatagram {
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly payload: Uint8Array;
}

/** A received datagram; its payload refers to the caller's bytes. */
export interface ReceivedUdp extends UdpDatagram {
  /** The checksum; 0 means that the sender did not compute one. */
  readonly checksum: number;
}

/**
 * Decodes the upper layer of a packet.
 *
 *     |          SrcPort              |          DstPort              |
 *     |          Length               |          Checksum             |
 */
export function decodeUdp(upper: Uint8Array): ReceivedUdp | WireDropReason {
  if (upper.length < UDP_HEADER_LENGTH) return 'l4-truncated';
  const length = readUint16(upper, UDP_LENGTH_OFFSET);
  // "UDP/SCION": length 0 means the rest of the packet.
  if (length !== 0 && length !== upper.length) return 'l4-length';
  return {
    sourcePort: readUint16(upper, 0),
    targetPort: readUint16(upper, UDP_TARGET_PORT_OFFSET),
    checksum: readUint16(upper, UDP_CHECKSUM_OFFSET),
    payload: upper.subarray(UDP_HEADER_LENGTH),
  };
}

/** Encodes a datagram with a checksum of 0. */
export function encodeUdp(datagram: UdpDatagram): Uint8Array {
  const header = new Uint8Array(UDP_HEADER_LENGTH);
  writeUint16(header, 0, datagram.sourcePort);
  writeUint16(header, UDP_TARGET_PORT_OFFSET, datagram.targetPort);
  writeUint16(header, UDP_LENGTH_OFFSET, UDP_HEADER_LENGTH + datagram.payload.length);
  return concatBytes(header, datagram.payload);
}

/** Encodes a complete packet without extension headers and writes its checksum. */
export function encodeUdpPacket(
  header: Omit<ScionHeader, 'payloadLength' | 'nextHeader'>,
  datagram: UdpDatagram,
): Uint8Array {
  const upper = encodeUdp(datagram);
  const packet = encodePacket({ ...header, nextHeader: PROTOCOL_UDP }, upper);
  const upperOffset = packet.length - upper.length;
  writeChecksum(packet, { upperOffset, protocol: PROTOCOL_UDP, fieldOffset: UDP_CHECKSUM_OFFSET });
  return packet;
}
