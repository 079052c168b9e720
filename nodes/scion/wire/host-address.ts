/**
 * Host addresses of the SCION address header: IPv4, IPv6, services, and other types as
 * uninterpreted bytes.
 *
 * SCION header specification "Address Header": type and length share a nibble, the length is 4 x (1
 * + low two bits). The text forms are those of reference pkg/addr (hosts, svc.go).
 *
 * @module
 */
import { readUint16, writeUint16 } from '../../_kit/bytes.ts';
import {
  HEADER_UNIT_BYTES,
  HOST_TYPE_IPV4,
  HOST_TYPE_IPV6,
  HOST_TYPE_SERVICE,
} from '../geometry.ts';

/** A host address in its binary form. */
export interface HostAddress {
  /** Type and length nibble, 0 … 15. */
  readonly type: number;
  /** The address: 4, 8, 12 or 16 bytes, according to `type`. */
  readonly bytes: Uint8Array;
}

/** Service numbers and their names (reference pkg/addr/svc.go). */
export const SERVICE_NUMBERS = { DS: 0x0001, CS: 0x0002, Wildcard: 0x0010, None: 0xffff } as const;
/** Bit of a service number: if set, every instance of the service gets the packet, otherwise only one instance. */
export const SERVICE_MULTICAST_BIT = 0x8000;

const IPV4_LENGTH = 4;
const IPV6_LENGTH = 16;
const LENGTH_MASK = 0x3;
const IPV6_GROUPS = 8;
const MAPPED_MARK_OFFSET = 10;
const DECIMAL_BYTE = /^\d{1,3}$/;
const IPV6_GROUP = /^[0-9a-f]{1,4}$/i;

/** Returns the length of an address of this type, bytes ("Address Header": 4 x (1 + L)). */
export function hostAddressLength(type: number): number {
  return HEADER_UNIT_BYTES * (1 + (type & LENGTH_MASK));
}

/**
 * Parses the text form of a host address: `10.0.0.1`, `2001:db8::1`, `SVC CS`, `SVC DS_M`. An
 * IPv4-mapped IPv6 address becomes an IPv4 address, as in the reference.
 * @returns the address, or `undefined` for any other text.
 */
export function parseHost(text: string): HostAddress | undefined {
  if (text.startsWith('SVC ')) return parseService(text.slice(4));
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (bytes === undefined) return undefined;
  if (bytes.length === IPV4_LENGTH) return { type: HOST_TYPE_IPV4, bytes };
  if (isIpv4Mapped(bytes)) return { type: HOST_TYPE_IPV4, bytes: bytes.slice(-IPV4_LENGTH) };
  return { type: HOST_TYPE_IPV6, bytes };
}

/**
 * Parses a host address in text that is known to be valid, such as a literal.
 * @throws RangeError for other text.
 */
export function requireHostAddress(text: string): HostAddress {
  const parsed = parseHost(text);
  if (parsed === undefined) throw new RangeError(`"${text}" is not a host address`);
  return parsed;
}

/**
 * Formats a host address: IPv4 dotted, IPv6 as in RFC 5952, services by name, other types in
 * hexadecimal.
 */
export function formatHost(address: HostAddress): string {
  switch (address.type) {
    case HOST_TYPE_IPV4:
      return address.bytes.join('.');
    case HOST_TYPE_IPV6:
      return formatIpv6(address.bytes);
    case HOST_TYPE_SERVICE:
      return formatService(readUint16(address.bytes, 0));
    default:
      return `type ${address.type} ${Array.from(address.bytes).join('.')}`;
  }
}

/** Makes the address of a service from its number. */
function serviceHost(service: number): HostAddress {
  const bytes = new Uint8Array(hostAddressLength(HOST_TYPE_SERVICE));
  writeUint16(bytes, 0, service);
  return { type: HOST_TYPE_SERVICE, bytes };
}

/** True for ::ffff:a.b.c.d, which is never transmitted as IPv6 (reference pkg/slayers/scion.go). */
export function isIpv4Mapped(bytes: Uint8Array): boolean {
  for (let index = 0; index < MAPPED_MARK_OFFSET; index++) {
    if (bytes[index] !== 0) return false;
  }
  return bytes.length === IPV6_LENGTH && readUint16(bytes, MAPPED_MARK_OFFSET) === 0xffff;
}

function parseService(text: string): HostAddress | undefined {
  const name = text.replace(/_[AM]$/, '');
  if (!Object.hasOwn(SERVICE_NUMBERS, name)) return undefined;
  const service = SERVICE_NUMBERS[name as keyof typeof SERVICE_NUMBERS];
  return serviceHost(text.endsWith('_M') ? service | SERVICE_MULTICAST_BIT : service);
}

function formatService(service: number): string {
  for (const [name, known] of Object.entries(SERVICE_NUMBERS)) {
    if (service === known) return `SVC ${name}`;
    if (service === (known | SERVICE_MULTICAST_BIT)) return `SVC ${name}_M`;
  }
  return `SVC 0x${service.toString(16).padStart(4, '0')}`;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== IPV4_LENGTH) return undefined;
  if (!parts.every((part) => DECIMAL_BYTE.test(part) && String(Number(part)) === part)) {
    return undefined;
  }
  return parts.every((part) => Number(part) <= 255) ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const plain = withoutDottedTail(text);
  if (plain === undefined) return undefined;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (head === undefined) return undefined;
  const groups = head.concat(tail ?? []);
  const missing = IPV6_GROUPS - groups.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  if (!groups.every((group) => IPV6_GROUP.test(group))) return undefined;
  const bytes = new Uint8Array(IPV6_LENGTH);
  groups.forEach((group, index) => {
    const at = index < head.length ? index : index + missing;
    writeUint16(bytes, 2 * at, Number.parseInt(group, 16));
  });
  return bytes;
}

/**
 * Replaces a dotted quad at the end by two groups; undefined if it is invalid. RFC 4291 section
 * 2.2, form 3: the last 32 bits may be written as a dotted quad.
 */
function withoutDottedTail(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const cut = text.lastIndexOf(':') + 1;
  const quad = parseIpv4(text.slice(cut));
  if (quad === undefined) return undefined;
  return `${text.slice(0, cut)}${readUint16(quad, 0).toString(16)}:${readUint16(quad, 2).toString(16)}`;
}

/**
 * Formats an IPv6 address (RFC 5952 section 4): lower case, no leading zeros, the longest run of
 * two or more zero groups as ::.
 */
function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: IPV6_GROUPS }, (_, index) => readUint16(bytes, 2 * index));
  let runStart = 0;
  let runLength = 0;
  for (let start = 0; start < IPV6_GROUPS; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > runLength) {
      runStart = start;
      runLength = length;
    }
  }
  const texts = groups.map((group) => group.toString(16));
  if (runLength < 2) return texts.join(':');
  return `${texts.slice(0, runStart).join(':')}::${texts.slice(runStart + runLength).join(':')}`;
}
