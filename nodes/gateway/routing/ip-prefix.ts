/**
 * Prefixes of IP addresses (RFC 4632, section 3.1; RFC 4291, section 2.3): conversion from and to
 * text, comparison, and division into halves.
 *
 * @module
 */
import { formatHost, HOST_TYPE_IPV4, HOST_TYPE_IPV6, parseHost } from '../../scion/index.ts';
import { ADDRESS_BITS } from './geometry.ts';

/** A version of IP. */
export type IpFamily = keyof typeof ADDRESS_BITS;

/** An address of 32 or 128 bits. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly address: bigint;
}

/**
 * A prefix stands for all addresses that begin with the same bits. `address` is the first of them,
 * whose bits after the prefix are 0.
 */
export interface IpPrefix extends IpAddress {
  /** Number of leading bits that all its addresses share. */
  readonly length: number;
}

const BITS_PER_BYTE = 8n;
const BYTE_MASK = 0xffn;

/**
 * Reads a prefix such as `10.1.0.0/16` or `2001:db8::/32`.
 * @returns the prefix, or text that says what is wrong.
 */
export function parseIpPrefix(text: string): IpPrefix | string {
  const [, address = '', lengthText = ''] = /^([^/]{1,45})\/(\d{1,3})$/.exec(text) ?? [];
  const host = /^[\d.]+$|:/.test(address) ? parseHost(address) : undefined;
  const length = Number(lengthText);
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  // An IPv6 address that is mapped from IPv4 is read as the IPv4 address, so a prefix length for
  // IPv6 would not fit it.
  if (host === undefined || (family === 'ipv6') !== (host.type === HOST_TYPE_IPV6)) {
    return `"${text}" is no prefix, expected one such as 10.1.0.0/16 or 2001:db8::/32`;
  }
  if (length > ADDRESS_BITS[family]) {
    return `"${text}" is longer than the ${ADDRESS_BITS[family]} bits of an address`;
  }
  const whole = readAddress(host.bytes, 0, host.bytes.length);
  const prefix = prefixOf(family, whole, length);
  if (prefix.address === whole) return prefix;
  return `"${text}" has bits behind its length, expected ${formatIpPrefix(prefix)}`;
}

/** Reads an address of either version; undefined if the text is not an address. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const prefix = parseIpPrefix(`${text}/${ADDRESS_BITS[text.includes(':') ? 'ipv6' : 'ipv4']}`);
  return typeof prefix === 'string' ? undefined : prefix;
}

/** The prefix of this length that contains an address. */
export function prefixOf(family: IpFamily, address: bigint, length: number): IpPrefix {
  const rest = BigInt(ADDRESS_BITS[family] - length);
  return { family, address: (address >> rest) << rest, length };
}

/** Formats a prefix: IPv6 as in RFC 5952. */
export function formatIpPrefix({ family, address, length }: IpPrefix): string {
  const bytes = new Uint8Array(ADDRESS_BITS[family] / Number(BITS_PER_BYTE));
  writeAddress(bytes, 0, bytes.length, address);
  const type = family === 'ipv4' ? HOST_TYPE_IPV4 : HOST_TYPE_IPV6;
  return `${formatHost({ type, bytes })}/${length}`;
}

/** True if an address is in a prefix. */
export function containsAddress(prefix: IpPrefix, { family, address }: IpAddress): boolean {
  const rest = BigInt(ADDRESS_BITS[family] - prefix.length);
  return prefix.family === family && prefix.address >> rest === address >> rest;
}

/** True if all addresses of `inner` are in `outer`. */
export function containsPrefix(outer: IpPrefix, inner: IpPrefix): boolean {
  return outer.length <= inner.length && containsAddress(outer, inner);
}

/** True if both are the same prefix. */
export function isSamePrefix(one: IpPrefix, other: IpPrefix): boolean {
  return one.length === other.length && containsPrefix(one, other);
}

/** The two halves of a prefix of at least two addresses. */
export function halvesOf({ family, address, length }: IpPrefix): readonly [IpPrefix, IpPrefix] {
  const upper = address | (1n << BigInt(ADDRESS_BITS[family] - length - 1));
  return [
    { family, address, length: length + 1 },
    { family, address: upper, length: length + 1 },
  ];
}

/** Reads `length` bytes, big-endian. */
export function readAddress(bytes: Uint8Array, at: number, length: number): bigint {
  let address = 0n;
  for (let i = at; i < at + length; i += 1) {
    address = (address << BITS_PER_BYTE) | BigInt(bytes[i] as number);
  }
  return address;
}

/** Writes the lower `length` bytes of an address, big-endian. */
export function writeAddress(bytes: Uint8Array, at: number, length: number, address: bigint): void {
  let rest = address;
  for (let i = at + length - 1; i >= at; i -= 1) {
    bytes[i] = Number(rest & BYTE_MASK);
    rest >>= BITS_PER_BYTE;
  }
}
