/**
 * Extension headers: skips them in a packet, and encodes and decodes their options.
 *
 * SCION "Extension headers" (doc/protocols/extension-header.rst): at most one hop-by-hop header,
 * then at most one end-to-end header. The content of options is not interpreted here.
 *
 * @module
 */
import {
  EXTENSION_BASE_LENGTH,
  HEADER_UNIT_BYTES,
  OPTION_PAD1,
  OPTION_PADN,
  PROTOCOL_END_TO_END,
  PROTOCOL_HOP_BY_HOP,
} from '../geometry.ts';
import type { WireDropReason } from './drops.ts';

/** One option of an extension header. */
export interface ExtensionOption {
  /** Number of the option's type; 0 is Pad1 (one byte, no data), 1 is PadN. */
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * An option to encode. Its first byte will be at an offset x·n + y of the header, for some whole
 * number n.
 */
export interface AlignedOption extends ExtensionOption {
  /** x (1, 2, 4 or 8) and y; if absent, the option may be at any offset. */
  readonly alignment?: readonly [x: number, y: number];
}

/** A decoded extension header. */
export interface ExtensionHeader {
  readonly nextHeader: number;
  /** All options, including padding. */
  readonly options: readonly ExtensionOption[];
  /** Length of the whole header, bytes. */
  readonly length: number;
}

/** The result of skipping a packet's extension headers. */
export interface UpperLayerPosition {
  readonly upperProtocol: number;
  /** Offset of the upper layer in the given bytes. */
  readonly upperOffset: number;
}

const LENGTH_OFFSET = 1;
const OPTION_BASE_LENGTH = 2;

/** Returns the length of the extension header at `offset`, bytes, or -1 when it exceeds `end`. */
export function extensionLength(bytes: Uint8Array, offset: number, end: number): number {
  if (end - offset < EXTENSION_BASE_LENGTH) return -1;
  // ExtLen counts 4-byte units, without the first one.
  const length = HEADER_UNIT_BYTES * (1 + (bytes[offset + LENGTH_OFFSET] as number));
  return length <= end - offset ? length : -1;
}

/**
 * Finds the upper layer after the extension headers.
 * @param payload The bytes after the SCION header.
 * @param nextHeader The SCION header's NextHdr.
 */
export function skipExtensions(
  payload: Uint8Array,
  nextHeader: number,
): UpperLayerPosition | WireDropReason {
  let upperProtocol = nextHeader;
  let upperOffset = 0;
  for (const expected of [PROTOCOL_HOP_BY_HOP, PROTOCOL_END_TO_END]) {
    if (upperProtocol !== expected) continue;
    const length = extensionLength(payload, upperOffset, payload.length);
    if (length < 0) return 'extension-malformed';
    upperProtocol = payload[upperOffset] as number;
    upperOffset += length;
  }
  return isExtensionProtocol(upperProtocol)
    ? 'extension-malformed'
    : { upperProtocol, upperOffset };
}

/** True for the protocol number of either extension header. */
export function isExtensionProtocol(protocol: number): boolean {
  return protocol === PROTOCOL_HOP_BY_HOP || protocol === PROTOCOL_END_TO_END;
}

/** Decodes the extension header at the start of `bytes`. */
export function decodeExtension(bytes: Uint8Array): ExtensionHeader | WireDropReason {
  const length = extensionLength(bytes, 0, bytes.length);
  if (length < 0) return 'extension-malformed';
  const options: ExtensionOption[] = [];
  let offset = EXTENSION_BASE_LENGTH;
  while (offset < length) {
    const type = bytes[offset] as number;
    const dataOffset = offset + (type === OPTION_PAD1 ? 1 : OPTION_BASE_LENGTH);
    if (dataOffset > length) return 'extension-malformed';
    const dataLength = type === OPTION_PAD1 ? 0 : (bytes[offset + LENGTH_OFFSET] as number);
    offset = dataOffset + dataLength;
    if (offset > length) return 'extension-malformed';
    options.push({ type, data: bytes.slice(dataOffset, offset) });
  }
  return { nextHeader: bytes[0] as number, options, length };
}

/**
 * Encodes an extension header; padding goes before aligned options and at the end.
 * @throws RangeError when the options need more than 1,024 bytes.
 */
export function encodeExtension(nextHeader: number, options: readonly AlignedOption[]): Uint8Array {
  const out: number[] = [nextHeader, 0];
  for (const option of options) {
    const [x, y] = option.alignment ?? [1, 0];
    pad(out, (((y - out.length) % x) + x) % x);
    out.push(option.type);
    if (option.type === OPTION_PAD1) continue;
    out.push(option.data.length);
    for (const byte of option.data) out.push(byte);
  }
  pad(out, (HEADER_UNIT_BYTES - (out.length % HEADER_UNIT_BYTES)) % HEADER_UNIT_BYTES);
  const lines = out.length / HEADER_UNIT_BYTES - 1;
  if (lines > 0xff) throw new RangeError(`extension header of ${out.length} bytes is too long`);
  out[LENGTH_OFFSET] = lines;
  return Uint8Array.from(out);
}

function pad(out: number[], length: number): void {
  if (length === 1) out.push(OPTION_PAD1);
  if (length < OPTION_BASE_LENGTH) return;
  out.push(OPTION_PADN, length - OPTION_BASE_LENGTH);
  for (let index = OPTION_BASE_LENGTH; index < length; index++) out.push(0);
}
