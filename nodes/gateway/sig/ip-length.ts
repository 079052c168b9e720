/**
 * How long an IP packet says that it is: all that SIG framing needs to know of packets.
 *
 * @module
 */
import { readUint16 } from '../../_kit/bytes.ts';
import { IPV4_HEADER_BYTES, IPV6_HEADER_BYTES } from './geometry.ts';

/** Where IPv4 has its Total Length, which counts the header (RFC 791, section 3.1). */
const IPV4_LENGTH_AT = 2;
/** Where IPv6 has its Payload Length, which does not (RFC 8200, section 3). */
const IPV6_LENGTH_AT = 4;
const VERSION_SHIFT = 4;

/**
 * Reads the length of the packet that starts at `at`, header included (framebuf.go, `ProcessCompletePkts`).
 * @returns bytes, 20..65,575; undefined if there is no whole header of either version.
 */
export function readIpLength(bytes: Uint8Array, at: number): number | undefined {
  const left = bytes.length - at;
  const version = (bytes[at] ?? 0) >> VERSION_SHIFT;
  if (version === 4 && left >= IPV4_HEADER_BYTES) {
    const length = readUint16(bytes, at + IPV4_LENGTH_AT);
    return length < IPV4_HEADER_BYTES ? undefined : length;
  }
  if (version === 6 && left >= IPV6_HEADER_BYTES) {
    return IPV6_HEADER_BYTES + readUint16(bytes, at + IPV6_LENGTH_AT);
  }
  return undefined;
}
