/**
 * The note with which a router gives a copy to the router of a neighbour: one whole number in a
 * private block, as dtn7-go has it (block type 192).
 *
 * @module
 */
import { CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BLOCK_TYPE, BUNDLE_BLOCKS_MAX, CRC_TYPE } from '../geometry.ts';
import { copyBundle, freeBlockNumber } from '../wire/copy.ts';
import type { BundleView } from '../wire/view.ts';

/** Index of the block with the note; -1 if there is none. */
function noteIndex(view: BundleView): number {
  return view.blockType.subarray(0, view.blocks).indexOf(BLOCK_TYPE.copies);
}

/** The note of a bundle; undefined if it has none, or it is no whole number. */
export function readCopiesBlock(view: BundleView): number | undefined {
  const index = noteIndex(view);
  if (index < 0) return undefined;
  const reader = new CborReader();
  reader.open(view.bytes, view.dataStart[index] as number, view.dataEnd[index] as number);
  const isNumber = reader.expect(CBOR_UINT) && reader.isExact && reader.at === reader.end;
  return isNumber ? reader.argument : undefined;
}

/**
 * The bytes of the bundle in `view` with this note, or without any note if `note` is undefined. A
 * bundle that has as many blocks as it may is returned unchanged.
 * @param writer Writes the result; it is reset first.
 */
export function bundleWithCopiesBlock(
  writer: CborWriter,
  view: BundleView,
  note: number | undefined,
): Uint8Array {
  const index = noteIndex(view);
  if (note === undefined) {
    if (index < 0) return view.bytes;
    copyBundle(writer, view, { removed: new Set([index]) });
    return writer.taken();
  }
  const number = new CborWriter();
  number.uint(note);
  const data = number.taken();
  if (index >= 0) copyBundle(writer, view, { data: new Map([[index, data]]) });
  else if (view.blocks >= BUNDLE_BLOCKS_MAX) return view.bytes;
  else {
    const type = BLOCK_TYPE.copies;
    const added = { type, number: freeBlockNumber(view), flags: 0, crcType: CRC_TYPE.none, data };
    copyBundle(writer, view, { added: [added] });
  }
  return writer.taken();
}
