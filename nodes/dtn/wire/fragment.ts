/**
 * Splits bundles into fragments (RFC 9171 section 5.8), fragments of fragments included.
 *
 * @module
 */
import { CBOR_BREAK } from '../../../engine/pure/cbor-reader.ts';
import type { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BLOCK_FLAG, BLOCK_TYPE, BUNDLE_FIRST_BYTE, BUNDLE_FLAG } from '../geometry.ts';
import { blockFields } from './copy.ts';
import { EID_FORM } from './eid-wire.ts';
import { type CrcType, writeBlock, writePrimary } from './encode.ts';
import type { BundleView } from './view.ts';

/** The part of a bundle's payload that a fragment carries. */
export interface PayloadPiece {
  readonly start: number;
  readonly end: number;
}

/**
 * True if the bundle may be split at all. A bundle with security blocks may not: the receiver of a
 * fragment could check none of them (RFC 9172 section 5.2), and some agents refuse such fragments.
 */
export function isFragmentable(view: BundleView): boolean {
  const isAllowed = (view.flags & BUNDLE_FLAG.mustNotFragment) === 0 && !view.hasSecurity;
  return isAllowed && view.isExact && view.sourceForm !== EID_FORM.none && view.payloadLength > 1;
}

/**
 * Writes one fragment into `writer`, which is reset first. Block numbers stay; the fragment with the
 * first byte of the whole payload has all blocks, others those that are replicated.
 * @param piece Part of the payload of `view`, not empty, not all of it.
 */
export function writeFragment(writer: CborWriter, view: BundleView, piece: PayloadPiece): void {
  const offset = view.isFragment ? view.fragmentOffset : 0;
  const total = view.isFragment ? view.totalLength : view.payloadLength;
  writer.reset();
  writer.byte(BUNDLE_FIRST_BYTE);
  writePrimary(writer, {
    flags: view.flags,
    crcType: view.crcType as CrcType,
    destination: view.bytes.subarray(view.destinationAt, view.sourceAt),
    source: view.bytes.subarray(view.sourceAt, view.reportToAt),
    reportTo: view.bytes.subarray(view.reportToAt, view.timestampAt),
    createdMs: view.createdMs,
    sequence: view.sequence,
    lifetimeMs: view.lifetimeMs,
    fragment: { offset: offset + piece.start, total },
  });
  const last = view.blocks - 1;
  for (let index = 0; index < last; index += 1) {
    if (piece.start > 0 && !isReplicated(view, index)) continue;
    writer.raw(view.bytes, view.blockStart[index], view.blockEnd[index]);
  }
  const { payloadStart } = view;
  const payload = { ...blockFields(view, last), data: view.bytes };
  writeBlock(writer, payload, payloadStart + piece.start, payloadStart + piece.end);
  writer.byte(CBOR_BREAK);
}

/** RFC 9171 section 4.4.2: without a creation time each fragment needs the age, whatever its flags. */
function isReplicated(view: BundleView, index: number): boolean {
  const isMarked = ((view.blockFlags[index] as number) & BLOCK_FLAG.replicate) !== 0;
  return isMarked || (view.createdMs === 0 && view.blockType[index] === BLOCK_TYPE.bundleAge);
}
