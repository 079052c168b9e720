/**
 * Announcements of prefixes: bodies of control frames, which are sealed like data, so that they
 * come from the peer.
 *
 * ```text
 *   | 1 (1)  | life, s (1) |  then for each prefix  | length (1) | its first address, without the bytes behind the length |
 * ```
 *
 * The length byte is 0..32 for an IPv4 prefix, and 64 plus the length, 64..192, for an IPv6 prefix. A lifetime of 0
 * withdraws the prefixes. Each announcement concerns only the prefixes that it contains, so announcements may be lost,
 * repeated, or divided.
 *
 * @module
 */
import { concatBytes } from '../../_kit/bytes.ts';
import { ADDRESS_BITS, PREFIX_LIFE_SECONDS, PREFIXES_PER_PEER_MAX } from './geometry.ts';
import { type IpFamily, type IpPrefix, prefixOf, readAddress, writeAddress } from './ip-prefix.ts';

/** The prefixes that a peer announces, and the lifetime of the announcement. */
export interface PrefixAnnouncement {
  /** Lifetime, seconds, 0..30; 0 withdraws the prefixes. */
  readonly lifeSeconds: number;
  readonly prefixes: readonly IpPrefix[];
}

/** First byte of the body of an announcement. */
const KIND = 1;
const HEAD_BYTES = 2;
/** Number that is added to the length of an IPv6 prefix in its length byte. */
const IPV6_BASE = 64;
const BITS_PER_BYTE = 8;

/**
 * Writes as many announcements as are needed, so that none is longer than `room`.
 * @param room Bytes of a body, at least 64.
 */
export function encodeAnnouncements(
  { lifeSeconds, prefixes }: PrefixAnnouncement,
  room: number,
): readonly Uint8Array[] {
  const head = Uint8Array.of(KIND, lifeSeconds);
  const bodies: Uint8Array[] = [];
  let body: Uint8Array = head;
  for (const prefix of prefixes) {
    const entry = encodeEntry(prefix);
    if (body.length + entry.length > room) {
      bodies.push(body);
      body = head;
    }
    body = concatBytes(body, entry);
  }
  return [...bodies, body];
}

/**
 * Reads an announcement; undefined if the bytes are malformed, or contain more prefixes than a
 * peer may have.
 */
export function decodeAnnouncement(body: Uint8Array): PrefixAnnouncement | undefined {
  if (body.length < HEAD_BYTES || body[0] !== KIND) return undefined;
  const prefixes: IpPrefix[] = [];
  let at = HEAD_BYTES;
  while (at < body.length) {
    if (prefixes.length === PREFIXES_PER_PEER_MAX) return undefined;
    const code = body[at] as number;
    const family: IpFamily = code >= IPV6_BASE ? 'ipv6' : 'ipv4';
    const length = family === 'ipv6' ? code - IPV6_BASE : code;
    const bits = ADDRESS_BITS[family];
    const bytes = Math.ceil(length / BITS_PER_BYTE);
    if (length > bits || at + 1 + bytes > body.length) return undefined;
    const rest = BigInt(bits - bytes * BITS_PER_BYTE);
    const address = readAddress(body, at + 1, bytes) << rest;
    const prefix = prefixOf(family, address, length);
    // Only one form of each prefix is accepted: the bits after its length must be 0.
    if (prefix.address !== address) return undefined;
    prefixes.push(prefix);
    at += 1 + bytes;
  }
  const lifeSeconds = body[1] as number;
  return lifeSeconds > PREFIX_LIFE_SECONDS ? undefined : { lifeSeconds, prefixes };
}

function encodeEntry({ family, address, length }: IpPrefix): Uint8Array {
  const bytes = Math.ceil(length / BITS_PER_BYTE);
  const entry = new Uint8Array(1 + bytes);
  entry[0] = length + (family === 'ipv6' ? IPV6_BASE : 0);
  writeAddress(entry, 1, bytes, address >> BigInt(ADDRESS_BITS[family] - bytes * BITS_PER_BYTE));
  return entry;
}
