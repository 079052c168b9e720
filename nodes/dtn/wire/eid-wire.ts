/**
 * Endpoint identifiers in CBOR (RFC 9171 section 4.2.5.1, RFC 9758 section 6.1):
 *
 * ```
 * [1, 0]                            dtn:none
 * [1, "//node/demux"]
 * [2, [allocator * 2^32 + node, service]]
 * [2, [allocator, node, service]]
 * ```
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_TEXT,
  CBOR_UINT,
  type CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { EID_CHARACTERS_MAX } from '../geometry.ts';
import { EID_NONE, type Eid, IPN_COMPONENT_MAX, parseDtnSchemePart } from './eid.ts';

/** Scheme numbers (RFC 9171 section 9.6). */
const SCHEME_DTN = 1;
const SCHEME_IPN = 2;
const UINT32_VALUES = 0x1_0000_0000;

/** Forms of an encoded identifier, as {@link skipEid} returns them; `bad` is malformed. */
export const EID_FORM = { bad: 0, none: 1, singleton: 2, group: 3 } as const;
/** The form of an encoded identifier, a value of EID_FORM. */
export type EidForm = (typeof EID_FORM)[keyof typeof EID_FORM];

const SLASH = 0x2f;
const PERCENT = 0x25;
const TILDE = 0x7e;
const FIRST_VISIBLE = 0x21;
const LAST_VISIBLE = 0x7e;
/** "none" as text, which old agents send; accepted, never sent. */
const TEXT_NONE: readonly number[] = [0x6e, 0x6f, 0x6e, 0x65];
/** By character code, 1 if a reg-name may have it (RFC 3986 section 3.2.2), `%` of escapes included. */
const IS_NAME = new Uint8Array(0x100);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=%") {
  IS_NAME[character.charCodeAt(0)] = 1;
}

// hot: three or four per bundle; no allocation.
/** Skips an identifier, and returns its form. */
export function skipEid(reader: CborReader): EidForm {
  if (!reader.expect(CBOR_ARRAY) || reader.argument !== 2) return EID_FORM.bad;
  if (!reader.expect(CBOR_UINT)) return EID_FORM.bad;
  if (reader.argument === SCHEME_IPN) return passIpn(reader);
  return reader.argument === SCHEME_DTN ? passDtn(reader) : EID_FORM.bad;
}

function passDtn(reader: CborReader): EidForm {
  if (!reader.head()) return EID_FORM.bad;
  if (reader.major === CBOR_UINT) return reader.argument === 0 ? EID_FORM.none : EID_FORM.bad;
  const length = reader.argument;
  if (reader.major !== CBOR_TEXT || length > reader.end - reader.at) return EID_FORM.bad;
  if (length > EID_CHARACTERS_MAX) return EID_FORM.bad;
  const start = reader.at;
  reader.at = start + length;
  return dtnForm(reader.bytes, start, start + length);
}

/** The form of a `dtn` identifier from its bytes, by the rules of `parseDtnSchemePart` for text. */
function dtnForm(bytes: Uint8Array, start: number, end: number): EidForm {
  if (bytes[start] !== SLASH || bytes[start + 1] !== SLASH) {
    const isNone = end - start === 4 && TEXT_NONE.every((byte, at) => bytes[start + at] === byte);
    return isNone ? EID_FORM.none : EID_FORM.bad;
  }
  const nameEnd = endOfName(bytes, start + 2, end);
  if (nameEnd <= start + 2 || nameEnd >= end || bytes[nameEnd] !== SLASH) return EID_FORM.bad;
  const demux = nameEnd + 1;
  for (let at = demux; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < FIRST_VISIBLE || byte > LAST_VISIBLE) return EID_FORM.bad;
  }
  return demux < end && bytes[demux] === TILDE ? EID_FORM.group : EID_FORM.singleton;
}

/** Where the node name ends; 0 if an escape in it is incomplete. */
function endOfName(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && IS_NAME[bytes[at] as number] === 1) {
    const isEscape = bytes[at] === PERCENT;
    if (isEscape && !(at + 2 < end && isHex(bytes[at + 1]) && isHex(bytes[at + 2]))) return 0;
    at += 1;
  }
  return at;
}

function isHex(byte: number | undefined): boolean {
  const value = byte ?? 0;
  const letter = value | 0x20;
  return (value >= 0x30 && value <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

function passIpn(reader: CborReader): EidForm {
  if (!reader.expect(CBOR_ARRAY)) return EID_FORM.bad;
  const count = reader.argument;
  if (count !== 2 && count !== 3) return EID_FORM.bad;
  let isNull = true;
  for (let index = 0; index < count; index += 1) {
    if (!reader.expect(CBOR_UINT)) return EID_FORM.bad;
    // The upper half of the first number contains the allocator, and its lower half the node
    // number.
    const isWide = count === 2 && index === 0;
    if (!isWide && reader.argument > IPN_COMPONENT_MAX) return EID_FORM.bad;
    if (index < count - 1 && reader.argument !== 0) isNull = false;
  }
  // Node 0 of allocator 0 is the null endpoint, whatever its service number (RFC 9758 section
  // 3.4.1).
  return isNull ? EID_FORM.none : EID_FORM.singleton;
}

const decoder = new TextDecoder();

/** Reads an identifier that {@link skipEid} accepts; undefined for any other. */
export function readEid(reader: CborReader): Eid | undefined {
  const start = reader.at;
  const form = skipEid(reader);
  if (form === EID_FORM.bad) return undefined;
  if (form === EID_FORM.none) return EID_NONE;
  const after = reader.at;
  reader.at = start + 1;
  reader.head();
  const eid = reader.argument === SCHEME_DTN ? readDtn(reader) : readIpn(reader);
  reader.at = after;
  return eid;
}

function readDtn(reader: CborReader): Eid | undefined {
  reader.head();
  const { at, argument } = reader;
  return parseDtnSchemePart(decoder.decode(reader.bytes.subarray(at, at + argument)));
}

function readIpn(reader: CborReader): Eid {
  reader.head();
  const count = reader.argument;
  const first = readNumber(reader);
  const second = readNumber(reader);
  if (count === 3) {
    return {
      scheme: 'ipn',
      allocator: first.low,
      node: second.low,
      service: readNumber(reader).low,
    };
  }
  return { scheme: 'ipn', allocator: first.high, node: first.low, service: second.low };
}

/** The upper and the lower 32 bits of the next number; exact even above 2^53. */
function readNumber(reader: CborReader): { readonly high: number; readonly low: number } {
  reader.head();
  const low = reader.isExact ? reader.argument % UINT32_VALUES : lowWord(reader);
  const high = reader.isExact ? Math.floor(reader.argument / UINT32_VALUES) : highWord(reader);
  return { high, low };
}

function lowWord({ bytes, at }: CborReader): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at - 4);
}

function highWord({ bytes, at }: CborReader): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at - 8);
}

/** Writes an identifier; ipn in two elements for allocator 0 (RFC 9758 section 6.1.2), else three. */
export function writeEid(writer: CborWriter, eid: Eid): void {
  writer.array(2);
  switch (eid.scheme) {
    case 'none':
      writer.uint(SCHEME_DTN);
      writer.uint(0);
      return;
    case 'dtn':
      writer.uint(SCHEME_DTN);
      writer.text(`//${eid.node}/${eid.demux}`);
      return;
    case 'ipn':
      writer.uint(SCHEME_IPN);
      writer.array(eid.allocator === 0 ? 2 : 3);
      if (eid.allocator !== 0) writer.uint(eid.allocator);
      writer.uint(eid.node);
      writer.uint(eid.service);
  }
}

/** The bytes of an identifier. */
export function encodeEid(eid: Eid): Uint8Array {
  const writer = new CborWriter();
  writeEid(writer, eid);
  return writer.taken();
}
