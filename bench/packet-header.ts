/**
 * The real header that the network benches rewrite at each hop: an IPv4 header (RFC 791 section
 * 3.1) with addresses 10.x.y.z from the node number, and a checksum that is updated as routers do
 * (RFC 1624 equation 3).
 *
 * @module
 */

/** Length of an IPv4 header without options. */
export const HEADER_BYTES = 20;
const HOP_LIMIT = 64;

/** The fields of a header. */
export interface HeaderFields {
  readonly target: number;
  /** Total length, bytes. */
  readonly length: number;
  readonly identification: number;
}

/** Writes all fields of a header, with a correct checksum, to the start of `buffer`. */
export function writeHeader(buffer: Uint8Array, fields: HeaderFields): void {
  const { target, length, identification } = fields;
  buffer[0] = 0x45;
  buffer[1] = 0;
  write16(buffer, 2, length);
  write16(buffer, 4, identification);
  write16(buffer, 6, 0);
  buffer[8] = HOP_LIMIT;
  buffer[9] = 17;
  write32(buffer, 12, 0x0a00_0000);
  write32(buffer, 16, 0x0a00_0000 + target);
  write16(buffer, 10, headerChecksum(buffer, 0));
}

/** The node number in the destination address. */
export function readTarget(buffer: Uint8Array, offset: number): number {
  const high = (buffer[offset + 17] as number) << 16;
  return high | ((buffer[offset + 18] as number) << 8) | (buffer[offset + 19] as number);
}

/** Decrements the hop limit and updates the checksum; false if the limit is used up. */
export function decrementHopLimit(buffer: Uint8Array, offset: number): boolean {
  const limit = buffer[offset + 8] as number;
  if (limit <= 1) return false;
  buffer[offset + 8] = limit - 1;
  // RFC 1624: HC' = ~(~HC + ~m + m'); the word m is (limit, protocol) and m' = m - 0x100, so that
  // ~m + m' = 0xffff - 0x100 whatever m is. One carry at most.
  const old = ((buffer[offset + 10] as number) << 8) | (buffer[offset + 11] as number);
  const sum = (~old & 0xffff) + 0xfeff;
  write16(buffer, offset + 10, ~(sum + (sum >>> 16)) & 0xffff);
  return true;
}

/** The correct checksum of a header (RFC 1071); its own field counts as zero. */
export function headerChecksum(buffer: Uint8Array, offset: number): number {
  let sum = 0;
  for (let i = 0; i < HEADER_BYTES; i += 2) {
    if (i === 10) continue;
    sum += ((buffer[offset + i] as number) << 8) | (buffer[offset + i + 1] as number);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function write16(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 8;
  buffer[at + 1] = value;
}

function write32(buffer: Uint8Array, at: number, value: number): void {
  write16(buffer, at, value >>> 16);
  write16(buffer, at + 2, value & 0xffff);
}
