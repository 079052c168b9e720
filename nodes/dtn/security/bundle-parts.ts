/**
 * Splits a bundle into its blocks, so that security operations can change, add and remove blocks.
 * Unchanged blocks are written back byte for byte.
 *
 * @module
 */
import { CBOR_BREAK, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import {
  BLOCK_TYPE,
  BUNDLE_FIRST_BYTE,
  CANONICAL_BLOCK_ELEMENTS,
  CRC_BYTES_BY_TYPE,
  CRC_TYPE,
} from '../geometry.ts';
import { writeCrc } from '../wire/crc.ts';
import type { BundleView } from '../wire/view.ts';

/** Length of the primary block's CBOR head, bytes: 1, since the block has fewer than 24 elements. */
const PRIMARY_HEAD = 1;
/** Offset of the flags in the primary block: after its head and the version. */
const BEFORE_FLAGS = PRIMARY_HEAD + 1;
const ZEROS = new Uint8Array(4);

/** A canonical block of a bundle, split into its fields so that its data and CRC can be changed. */
export interface SplitBlock {
  readonly type: number;
  readonly number: number;
  /** The encoded fields type, number and flags, as in the bundle. */
  readonly head: Uint8Array;
  crcType: number;
  data: Uint8Array;
  /** The encoded block as it came; undefined once it is changed. */
  raw: Uint8Array | undefined;
}

/** A bundle split into its blocks. */
export interface SplitBundle {
  primary: Uint8Array;
  /** The canonical blocks in the order of the bundle; the payload block is the last. */
  readonly blocks: SplitBlock[];
}

/** Splits the bundle in `view` into its blocks, which are views into its bytes. */
export function splitIntoBlocks(view: BundleView): SplitBundle {
  const { bytes } = view;
  const blocks: SplitBlock[] = [];
  for (let index = 0; index < view.blocks; index += 1) {
    const raw = bytes.subarray(view.blockStart[index], view.blockEnd[index]);
    blocks.push({
      type: view.blockType[index] as number,
      number: view.blockNumber[index] as number,
      head: raw.subarray(1, afterIntegers(raw, 1, 3)),
      crcType: view.blockCrcType[index] as number,
      data: bytes.subarray(view.dataStart[index], view.dataEnd[index]),
      raw,
    });
  }
  return { primary: bytes.subarray(view.start + 1, view.primaryEnd), blocks };
}

/** Finds the offset after `count` CBOR integers that begin at `start`. */
function afterIntegers(bytes: Uint8Array, start: number, count: number): number {
  const reader = new CborReader();
  reader.open(bytes, start, bytes.length);
  for (let index = 0; index < count; index += 1) {
    if (!reader.expect(CBOR_UINT)) throw new Error('an opened block has no integer in its head');
  }
  return reader.at;
}

/** Makes a new block without CRC. */
export function newBlock(fields: {
  readonly type: number;
  readonly number: number;
  readonly flags: number;
  readonly data: Uint8Array;
}): SplitBlock {
  const writer = new CborWriter();
  writer.uint(fields.type);
  writer.uint(fields.number);
  writer.uint(fields.flags);
  const { type, number, data } = fields;
  return { type, number, head: writer.taken(), crcType: CRC_TYPE.none, data, raw: undefined };
}

/** Replaces the data of a block and its CRC type; the CRC is computed when the block is written. */
export function replaceBlockData(block: SplitBlock, data: Uint8Array, crcType: number): void {
  block.data = data;
  block.crcType = crcType;
  block.raw = undefined;
}

/** Reads the flags of a block; a number above 2^53 is rounded. */
export function readBlockFlags({ head }: SplitBlock): number {
  const reader = new CborReader();
  reader.open(head, afterIntegers(head, 0, 2), head.length);
  reader.expect(CBOR_UINT);
  return reader.argument;
}

/**
 * Finds the canonical block with this number; undefined if there is none, and for 0, the primary
 * block.
 */
export function findBlockByNumber({ blocks }: SplitBundle, number: number): SplitBlock | undefined {
  return blocks.find((block) => block.number === number);
}

/** True for integrity and confidentiality blocks. */
export function isSecurityBlock({ type }: SplitBlock): boolean {
  return type === BLOCK_TYPE.integrity || type === BLOCK_TYPE.confidentiality;
}

/** Inserts a security block after the security blocks at the front of the bundle. */
export function addSecurityBlock(parts: SplitBundle, block: SplitBlock): void {
  const at = parts.blocks.findIndex((other) => !isSecurityBlock(other));
  parts.blocks.splice(at, 0, block);
}

/** Takes a block out of the bundle. */
export function removeBlock({ blocks }: SplitBundle, block: SplitBlock): void {
  blocks.splice(blocks.indexOf(block), 1);
}

/** The least number above 1 that no block has. */
export function freeBlockNumberIn({ blocks }: SplitBundle): number {
  const taken = new Set(blocks.map(({ number }) => number));
  let number = 2;
  while (taken.has(number)) number += 1;
  return number;
}

/** Reads the CRC type of the primary block. */
export function primaryCrcType({ primary }: SplitBundle): number {
  return primary[afterIntegers(primary, BEFORE_FLAGS, 1)] as number;
}

/**
 * Gives the primary block another type of CRC: the only change that security makes to this block (RFC
 * 9173 sections 3.8.1 and 3.8.2).
 */
export function changePrimaryCrcType(parts: SplitBundle, crcType: number): void {
  const { primary } = parts;
  const before = primaryCrcType(parts);
  if (before === crcType) return;
  const flagsEnd = afterIntegers(primary, BEFORE_FLAGS, 1);
  const oldLength = before === CRC_TYPE.none ? 0 : 1 + (CRC_BYTES_BY_TYPE[before] as number);
  const hadCrc = before === CRC_TYPE.none ? 0 : 1;
  const hasCrc = crcType === CRC_TYPE.none ? 0 : 1;
  const writer = new CborWriter();
  writer.byte((primary[0] as number) - hadCrc + hasCrc);
  writer.raw(primary, PRIMARY_HEAD, flagsEnd);
  writer.uint(crcType);
  writer.raw(primary, flagsEnd + 1, primary.length - oldLength);
  writeCrcField(writer, 0, crcType);
  parts.primary = writer.taken();
}

function writeCrcField(writer: CborWriter, start: number, crcType: number): void {
  if (crcType === CRC_TYPE.none) return;
  writer.string(ZEROS, 0, CRC_BYTES_BY_TYPE[crcType] as number);
  writeCrc(writer.bytes, start, writer.length, crcType);
}

/** Encodes a bundle from its blocks. */
export function joinBlocks({ primary, blocks }: SplitBundle): Uint8Array {
  const writer = new CborWriter();
  writer.byte(BUNDLE_FIRST_BYTE);
  writer.raw(primary);
  for (const block of blocks) writePart(writer, block);
  writer.byte(CBOR_BREAK);
  return writer.taken();
}

function writePart(writer: CborWriter, { raw, head, crcType, data }: SplitBlock): void {
  if (raw !== undefined) {
    writer.raw(raw);
    return;
  }
  const start = writer.length;
  writer.array(CANONICAL_BLOCK_ELEMENTS + (crcType === CRC_TYPE.none ? 0 : 1));
  writer.raw(head);
  writer.uint(crcType);
  writer.string(data);
  writeCrcField(writer, start, crcType);
}
