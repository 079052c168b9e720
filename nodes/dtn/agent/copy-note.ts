/**
 * The note that a router attaches to a copy for the router of the neighbour, such as how many
 * copies the neighbour may make: one whole number in the private copies block (type 192, as in
 * dtn7-go).
 *
 * @module
 */
import { CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BLOCK_TYPE, BUNDLE_BLOCKS_MAX, CRC_TYPE } from '../geometry.ts';
import { copyBundle, freeBlockNumber } from '../wire/copy.ts';
import type { BundleView } from '../wire/view.ts';

/** Index of the copies block, which has the note; -1 if there is none. */
function noteIndex(view: BundleView): number {
  return view.blockType.subarray(0, view.blocks).indexOf(BLOCK_TYPE.copies);
}

/**
 * Reads the number in the copies block of a bundle; undefined if there is no such block, or no
 * whole number in it.
 */
export function readCopiesBlock(view: BundleView): number | undefined {
  const index = noteIndex(view);
  if (index < 0) return undefined;
  const reader = new CborReader();
  reader.open(view.bytes, view.dataStart[index] as number, view.dataEnd[index] as number);
  const isNumber = reader.expect(CBOR_UINT) && reader.isExact && reader.at === reader.end;
  return isNumber ? reader.argument : undefined;
}

/**
 * Returns the bundle in `view` with `note` in its copies block, or without that block if `note` is
 * undefined. A bundle with {@link BUNDLE_BLOCKS_MAX} blocks gets no further block and is returned
 * unchanged.
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
