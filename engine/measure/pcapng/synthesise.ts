/**
 * Prepends the IP and UDP headers that a datagram would have had on a real wire, with correct
 * checksums, so that dissectors for protocols over UDP work (docs/spec/run-files.md#the-folder).
 *
 * Does not fragment: a datagram that is too long for IP is cut, and the capture says so.
 *
 * @module
 */
import {
  IP_LENGTH_MAX,
  type IpEndpoint,
  ipHeadersBytes,
  writeIpHeaders,
} from '../../pure/ip-headers.ts';

/** Reads an address from text; 0.0.0.0 for anything that is not an address. */
export function parseIpAddress(text: string): Uint8Array {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

/** Makes the packet as it would be on a wire: IP header, UDP header, payload. */
export function synthesiseIpPacket(
  from: IpEndpoint,
  to: IpEndpoint,
  payload: Uint8Array,
): Uint8Array {
  const flow = { from, to, protocol: 'udp' } as const;
  const front = ipHeadersBytes(flow);
  const body = payload.subarray(0, IP_LENGTH_MAX - front);
  const packet = new Uint8Array(front + body.length);
  packet.set(body, front);
  writeIpHeaders(packet, flow);
  return packet;
}

function ipv4Bytes(text: string): Uint8Array {
  const parts = text.split('.').map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isAddress ? Uint8Array.from(parts) : new Uint8Array(4);
}

/**
 * Reads an IPv6 address from text (RFC 4291 2.2), without the form that ends in an IPv4 address.
 */
function ipv6Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [left = '', right = ''] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16) & 0xffff);
  const head = groups(left).slice(0, 8);
  const tail = text.includes('::') ? groups(right).slice(0, 8 - head.length) : [];
  const view = new DataView(bytes.buffer);
  for (const [i, group] of head.entries()) view.setUint16(2 * i, group);
  for (const [i, group] of tail.entries()) view.setUint16(16 - 2 * (tail.length - i), group);
  return bytes;
}
