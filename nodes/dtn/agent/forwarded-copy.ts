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

/** Opens a bundle that this node checked or wrote before; if it is malformed, our code is wrong. */
export function openHeldBundle(view: BundleView, bytes: Uint8Array): void {
  const malformed = view.reopen(bytes, 0, bytes.length);
  if (malformed !== undefined) throw new Error(`a stored bundle is malformed: ${malformed}`);
}

/** Facts about the node that forwards a bundle. */
export interface CopyForwardingFacts {
  /** Identifier of the node, as data of a block. */
  readonly node: Uint8Array;
  /** True at the source, which names no previous node (section 4.4.1). */
  readonly isOwn: boolean;
  /** How long the node had the bundle, ns. */
  readonly heldNs: Nanoseconds;
}

/** Buffer for the new data of one block at a time; empty if the block keeps its data. */
const scratch = new CborWriter();

// hot: once for each bundle that leaves, so nothing is allocated.
/**
 * Writes the copy of the bundle in `view` into `writer`, which is reset first.
 * @returns why the bundle cannot go on, if so: its hops would exceed their limit (section 4.4.3), or it
 * has no room for another block, which would name this node.
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
    // An age above 2^53 ms can only be copied; nothing lives that long.
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
