/**
 * The upper layer checksum over pseudo header and payload.
 *
 * SCION header specification "Pseudo Header for Upper-Layer Checksum": the 16-bit one's complement
 * sum of both ISD-AS and host addresses, the upper layer's length and protocol, and the upper layer
 * with its own checksum field zero. udp.ts and scmp.ts supply the position of the checksum field.
 *
 * @module
 */
import { writeUint16 } from '../../_kit/bytes.ts';
import {
  DESTINATION_ISD_AS_OFFSET,
  HOST_ADDRESSES_OFFSET,
  HOST_TYPES_OFFSET,
} from '../geometry.ts';
import { hostAddressLength } from './host-address.ts';

const UINT16 = 0xffff;

/** Number of bytes that are added in one step: four double words. */
const STRIDE = 16;

/**
 * Adds bytes to a running one's complement sum; an odd last byte counts as if a zero followed.
 *
 * Double words are added as a whole; {@link foldChecksum} reduces their sum to that of their 16-bit
 * words, since 2^16 is 1 modulo 2^16 - 1 (RFC 1071, section 2, "Parallel Summation").
 * @returns the sum, exact for all packets: below 2^53 for up to 2^21 double words.
 */
export function addToOnesComplementSum(
  bytes: Uint8Array,
  offset: number,
  length: number,
  initial: number,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
  let sum = initial;
  let at = 0;
  // hot: 0.22 us for 1 kB, against 0.39 us word by word and 0.7 us byte by byte.
  for (; at + STRIDE <= length; at += STRIDE) {
    const pair = view.getUint32(at) + view.getUint32(at + 4);
    sum += pair + view.getUint32(at + 8) + view.getUint32(at + 12);
  }
  return sum + sumTail(view, at, length);
}

/** Sums the last bytes, at most fifteen, that do not fill four double words. */
function sumTail(view: DataView, from: number, length: number): number {
  let sum = 0;
  let at = from;
  for (; at + 2 <= length; at += 2) sum += view.getUint16(at);
  return at < length ? sum + (view.getUint8(at) << 8) : sum;
}

/**
 * Reduces a sum to the checksum of 16 bits. The result is 0 if the bytes contain their own correct
 * checksum. Like the reference, this does not turn 0 into 0xffff.
 */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > UINT16) folded = (folded % (UINT16 + 1)) + Math.floor(folded / (UINT16 + 1));
  return ~folded & UINT16;
}

/** The positions of a packet's upper layer and of its checksum. */
export interface ChecksumPlace {
  /** Bytes from the start of the packet to the upper layer. */
  readonly upperOffset: number;
  readonly protocol: number;
  /** Bytes from the start of the upper layer to its checksum field. */
  readonly fieldOffset: number;
}

/** Computes the checksum of an encoded packet and writes it into its field. */
export function writeChecksum(packet: Uint8Array, place: ChecksumPlace): void {
  const at = place.upperOffset + place.fieldOffset;
  writeUint16(packet, at, 0);
  const upperLength = packet.length - place.upperOffset;
  const hostTypes = packet[HOST_TYPES_OFFSET] as number;
  const hosts = hostAddressLength(hostTypes >>> 4) + hostAddressLength(hostTypes);
  const addresses = HOST_ADDRESSES_OFFSET - DESTINATION_ISD_AS_OFFSET + hosts;
  const lengthAndProtocol = (upperLength & UINT16) + (upperLength >>> 16) + place.protocol;
  const sum = addToOnesComplementSum(
    packet,
    DESTINATION_ISD_AS_OFFSET,
    addresses,
    lengthAndProtocol,
  );
  writeUint16(
    packet,
    at,
    foldChecksum(addToOnesComplementSum(packet, place.upperOffset, upperLength, sum)),
  );
}
