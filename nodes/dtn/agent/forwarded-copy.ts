/**
 * The copy of a bundle that leaves a node (RFC 9171 section 5.4, step 4): previous node, hop count
 * and age are rewritten, everything else stays as it is.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CBOR_BREAK } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import type { DtnDropReason } from '../drops.ts';
import { BLOCK_TYPE, BUNDLE_BLOCKS_MAX, CRC_TYPE } from '../geometry.ts';
import { blockFieldsWithData, copyPrimary, freeBlockNumber } from '../wire/copy.ts';
import { type BlockFields, writeBlock } from '../wire/encode.ts';
import { writeHopCount } from '../wire/extensions.ts';
import type { BundleView } from '../wire/view.ts';

const NS_PER_MS = 1_000_000;

/**
 * Opens a bundle that this node checked or wrote before. @throws Error if it is malformed, which only a
 * defect of this program can cause.
 */
export function openHeldBundle(view: BundleView, bytes: Uint8Array): void {
  const malformed = view.reopen(bytes, 0, bytes.length);
  if (malformed !== undefined) throw new Error(`a stored bundle is malformed: ${malformed}`);
}

/** The facts about the forwarding node that the copy of a bundle contains. */
export interface CopyForwardingFacts {
  /** The node identifier, encoded as the data of a previous node block. */
  readonly node: Uint8Array;
  /** True at the source, which names no previous node (section 4.4.1). */
  readonly isOwn: boolean;
  /** Time that the bundle spent at this node, ns; it is added to the age. */
  readonly heldNs: Nanoseconds;
}

/** Buffer for the new data of one block at a time; empty if the block keeps its data. */
const scratch = new CborWriter();

// hot: once for each bundle that leaves, so nothing is allocated.
/**
 * Writes the copy of the bundle in `view` into `writer`, which is reset first.
 * @returns why the bundle must not be forwarded: its hop count would exceed its limit (section 4.4.3),
 * or it has no room for a previous node block. Undefined if the copy was written.
 */
export function writeForwardedCopy(
  writer: CborWriter,
  view: BundleView,
  { node, isOwn, heldNs }: CopyForwardingFacts,
): DtnDropReason | undefined {
  if (view.hopCount >= 0 && view.hops + 1 > view.hopLimit) return 'hop-limit';
  const isNamed = isOwn || view.previousNode >= 0;
  if (!isNamed && view.blocks >= BUNDLE_BLOCKS_MAX) return 'too-many-blocks';
  copyPrimary(writer, view);
  if (!isNamed) writeBlock(writer, previousBlock(view, node));
  const ageMs = view.ageMs + Math.floor(heldNs / NS_PER_MS);
  for (let index = 0; index < view.blocks; index += 1) {
    scratch.reset();
    if (index === view.hopCount) writeHopCount(scratch, view.hopLimit, view.hops + 1);
    // An age above 2^53 ms cannot be increased exactly, and is copied unchanged.
    else if (index === view.bundleAge && Number.isSafeInteger(ageMs)) scratch.uint(ageMs);
    else if (!isOwn && index === view.previousNode) scratch.raw(node);
    copyBlock(writer, view, index);
  }
  writer.byte(CBOR_BREAK);
  return undefined;
}

/** Copies a block; its data become those in `scratch`, unless `scratch` is empty. */
function copyBlock(writer: CborWriter, view: BundleView, index: number): void {
  if (scratch.length === 0) writer.raw(view.bytes, view.blockStart[index], view.blockEnd[index]);
  else writeBlock(writer, blockFieldsWithData(view, index, scratch.bytes), 0, scratch.length);
}

function previousBlock(view: BundleView, data: Uint8Array): BlockFields {
  const number = freeBlockNumber(view);
  return { type: BLOCK_TYPE.previousNode, number, flags: 0, crcType: CRC_TYPE.none, data };
}
