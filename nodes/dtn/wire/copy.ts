/**
 * Writes a bundle anew with some blocks changed. All other bytes are copied, above all the primary
 * block, which is immutable from creation to delivery (RFC 9171 section 4.3.1).
 *
 * @module
 */
import { CBOR_BREAK } from '../../../engine/pure/cbor-reader.ts';
import type { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BUNDLE_FIRST_BYTE } from '../geometry.ts';
import { type BlockFields, type CrcType, writeBlock } from './encode.ts';
import type { BundleView } from './view.ts';

/** Changes of a bundle's blocks. */
export interface BlockChanges {
  /** New data of blocks, by index in the view; the block keeps number, flags and CRC type. */
  readonly data?: ReadonlyMap<number, Uint8Array>;
  /** Indices of blocks that are left out. */
  readonly removed?: ReadonlySet<number>;
  /** New blocks, which are put before all other canonical blocks. */
  readonly added?: readonly BlockFields[];
}

/** Writes the bundle of `view` with `changes` into `writer`, which is reset first. */
export function copyBundle(writer: CborWriter, view: BundleView, changes: BlockChanges): void {
  copyPrimary(writer, view);
  for (const block of changes.added ?? []) writeBlock(writer, block);
  for (let index = 0; index < view.blocks; index += 1) copyBlock(writer, view, index, changes);
  writer.byte(CBOR_BREAK);
}

/** Begins a copy of the bundle of `view` in `writer`, which is reset first. */
export function copyPrimary(writer: CborWriter, view: BundleView): void {
  writer.reset();
  writer.byte(BUNDLE_FIRST_BYTE);
  writer.raw(view.bytes, view.start + 1, view.primaryEnd);
}

function copyBlock(
  writer: CborWriter,
  view: BundleView,
  index: number,
  { data, removed }: BlockChanges,
): void {
  if (removed?.has(index)) return;
  const changed = data?.get(index);
  if (changed === undefined) {
    writer.raw(view.bytes, view.blockStart[index], view.blockEnd[index]);
  } else writeBlock(writer, blockFieldsWithData(view, index, changed));
}

/** The fields of a block of a view, with `data` instead of its own data. */
export function blockFieldsWithData(
  view: BundleView,
  index: number,
  data: Uint8Array,
): BlockFields {
  return {
    type: view.blockType[index] as number,
    number: view.blockNumber[index] as number,
    flags: view.blockFlags[index] as number,
    crcType: view.blockCrcType[index] as CrcType,
    data,
  };
}

/** The fields of a block of a view; `data` is a part of the bundle's bytes. */
export function blockFields(view: BundleView, index: number): BlockFields {
  const data = view.bytes.subarray(view.dataStart[index], view.dataEnd[index]);
  return blockFieldsWithData(view, index, data);
}

/** The least block number above 1 that no block of the bundle has. */
export function freeBlockNumber(view: BundleView): number {
  const taken = new Set(view.blockNumber.subarray(0, view.blocks));
  let number = 2;
  while (taken.has(number)) number += 1;
  return number;
}
