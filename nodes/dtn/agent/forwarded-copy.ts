/**
 * The copy of a bundle that leaves a node (RFC 9171 section 5.4, step 4): previous node, hop count
 * and age are rewritten, everything else stays as it is.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { CborWriter } from '../../_kit/cbor-writer.ts';
import { BLOCK_TYPE, CRC_TYPE } from '../geometry.ts';
import { copyBundle, freeBlockNumber } from '../wire/copy.ts';
import type { Eid } from '../wire/eid.ts';
import type { BlockFields } from '../wire/encode.ts';
import { bundleAgeData, hopCountData, previousNodeData } from '../wire/extensions.ts';
import type { BundleView } from '../wire/view.ts';

const NS_PER_MS = 1_000_000;

/** Opens a bundle that was checked when it came, so that a malformed one is our mistake. */
export function openHeld(view: BundleView, bytes: Uint8Array): void {
  const malformed = view.reopen(bytes, 0, bytes.length);
  if (malformed !== undefined) throw new Error(`a stored bundle is malformed: ${malformed}`);
}

/** Who forwards, and when. */
export interface Forwarding {
  /** Identifier of the node. */
  readonly node: Eid;
  /** True at the source, which names no previous node (section 4.4.1). */
  readonly isOwn: boolean;
  /** How long the node had the bundle, ns. */
  readonly heldNs: Nanoseconds;
}

/**
 * Writes the copy into `writer`, which is reset first.
 * @returns false if its hops would exceed their limit (section 4.4.3).
 */
export function forwardedCopy(
  writer: CborWriter,
  view: BundleView,
  bytes: Uint8Array,
  { node, isOwn, heldNs }: Forwarding,
): boolean {
  openHeld(view, bytes);
  const data = new Map<number, Uint8Array>();
  if (view.hopCount >= 0) {
    if (view.hops + 1 > view.hopLimit) return false;
    data.set(view.hopCount, hopCountData(view.hopLimit, view.hops + 1));
  }
  if (view.bundleAge >= 0) {
    const ageMs = view.ageMs + Math.floor(heldNs / NS_PER_MS);
    data.set(view.bundleAge, bundleAgeData(ageMs));
  }
  if (isOwn) {
    copyBundle(writer, view, { data });
    return true;
  }
  const previous = previousNodeData(node);
  if (view.previousNode >= 0) data.set(view.previousNode, previous);
  const added = view.previousNode >= 0 ? [] : [previousBlock(view, previous)];
  copyBundle(writer, view, { data, added });
  return true;
}

function previousBlock(view: BundleView, data: Uint8Array): BlockFields {
  const number = freeBlockNumber(view);
  return { type: BLOCK_TYPE.previousNode, number, flags: 0, crcType: CRC_TYPE.none, data };
}
