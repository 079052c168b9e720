/**
 * Writes bundles and their blocks (RFC 9171 sections 4.1, 4.3). The counterpart of view.ts.
 *
 * @module
 */
import { CBOR_BREAK } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import {
  BLOCK_TYPE,
  BUNDLE_FIRST_BYTE,
  BUNDLE_FLAG,
  BUNDLE_VERSION,
  CANONICAL_BLOCK_ELEMENTS,
  CRC_BYTES_BY_TYPE,
  CRC_TYPE,
  PAYLOAD_BLOCK_NUMBER,
  PRIMARY_BLOCK_ELEMENTS,
} from '../geometry.ts';
import { writeCrc } from './crc.ts';

/** Type of a block's CRC: 0 none, 1 CRC-16/X-25, 2 CRC-32C. */
export type CrcType = (typeof CRC_TYPE)[keyof typeof CRC_TYPE];

/** Fields of a primary block; identifiers are encoded (eid-wire.ts). */
export interface PrimaryFields {
  /** Bundle flags; the flag of fragments is added here if `fragment` is present. */
  readonly flags: number;
  readonly crcType: CrcType;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly reportTo: Uint8Array;
  /** Creation time, ms since the DTN epoch; 0 without a clock. */
  readonly createdMs: number;
  readonly sequence: number;
  readonly lifetimeMs: number;
  /** Offset of the fragment in the whole payload, and length of the whole payload, bytes. */
  readonly fragment?: { readonly offset: number; readonly total: number };
}

/** Fields of a canonical block. */
export interface BlockFields {
  readonly type: number;
  /** Unique in the bundle; 1 for the payload, else >= 2. */
  readonly number: number;
  readonly flags: number;
  readonly crcType: CrcType;
  readonly data: Uint8Array;
}

const ZEROS = new Uint8Array(4);

// hot: once per bundle; encoding a whole bundle with 3 extension blocks takes 1 us.
/** Appends a primary block. */
export function writePrimary(writer: CborWriter, fields: PrimaryFields): void {
  const { crcType, fragment } = fields;
  const start = writer.length;
  const isFragment = fragment !== undefined;
  const crcElements = crcType === CRC_TYPE.none ? 0 : 1;
  writer.array(PRIMARY_BLOCK_ELEMENTS + (isFragment ? 2 : 0) + crcElements);
  writer.uint(BUNDLE_VERSION);
  // Flags may exceed 32 bits, so the lowest bit is set by addition.
  const isMarked = (fields.flags & BUNDLE_FLAG.isFragment) !== 0;
  writer.uint(isFragment && !isMarked ? fields.flags + BUNDLE_FLAG.isFragment : fields.flags);
  writer.uint(crcType);
  writer.raw(fields.destination);
  writer.raw(fields.source);
  writer.raw(fields.reportTo);
  writer.array(2);
  writer.uint(fields.createdMs);
  writer.uint(fields.sequence);
  writer.uint(fields.lifetimeMs);
  if (isFragment) {
    writer.uint(fragment.offset);
    writer.uint(fragment.total);
  }
  writeCrcField(writer, start, crcType);
}

/** Appends a canonical block whose data are the bytes from `start` to `end` of `data`. */
export function writeBlock(
  writer: CborWriter,
  block: BlockFields,
  start = 0,
  end: number = block.data.length,
): void {
  const { crcType } = block;
  const at = writer.length;
  writer.array(CANONICAL_BLOCK_ELEMENTS + (crcType === CRC_TYPE.none ? 0 : 1));
  writer.uint(block.type);
  writer.uint(block.number);
  writer.uint(block.flags);
  writer.uint(crcType);
  writer.string(block.data, start, end);
  writeCrcField(writer, at, crcType);
}

function writeCrcField(writer: CborWriter, start: number, crcType: CrcType): void {
  if (crcType === CRC_TYPE.none) return;
  writer.string(ZEROS, 0, CRC_BYTES_BY_TYPE[crcType]);
  writeCrc(writer.bytes, start, writer.length, crcType);
}

/** Writes a whole bundle into `writer`, which is reset first. */
export function writeBundle(
  writer: CborWriter,
  primary: PrimaryFields,
  extensions: readonly BlockFields[],
  payload: BlockFields,
): void {
  writer.reset();
  writer.byte(BUNDLE_FIRST_BYTE);
  writePrimary(writer, primary);
  for (const block of extensions) writeBlock(writer, block);
  writeBlock(writer, payload);
  writer.byte(CBOR_BREAK);
}

/** The fields of a payload block with this data. */
export function payloadBlock(data: Uint8Array, crcType: CrcType, flags = 0): BlockFields {
  return { type: BLOCK_TYPE.payload, number: PAYLOAD_BLOCK_NUMBER, flags, crcType, data };
}

/** Encodes a bundle (RFC 9171 section 4.1). */
export function encodeBundle(
  primary: PrimaryFields,
  extensions: readonly BlockFields[],
  payload: BlockFields,
): Uint8Array {
  const writer = new CborWriter();
  writeBundle(writer, primary, extensions, payload);
  return writer.taken();
}
