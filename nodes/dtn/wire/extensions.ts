/**
 * Data of the extension blocks that agents write (RFC 9171 section 4.4).
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BLOCK_TYPE } from '../geometry.ts';
import type { Eid } from './eid.ts';
import { writeEid } from './eid-wire.ts';
import type { BundleView } from './view.ts';

const writer = new CborWriter();

/** Section 4.4.1: data of the previous node block. @param node The node that forwards the bundle. */
export function previousNodeData(node: Eid): Uint8Array {
  writer.reset();
  writeEid(writer, node);
  return writer.taken();
}

/** Section 4.4.2: data of the bundle age block. @param ageMs Time since creation, ms. */
export function bundleAgeData(ageMs: number): Uint8Array {
  writer.reset();
  writer.uint(ageMs);
  return writer.taken();
}

/** The priority of a bundle, and whether it is critical. */
export interface BundleUrgency {
  readonly priority: 0 | 1 | 2;
  readonly isCritical: boolean;
}

/** This number is added to the priority of a critical bundle. */
const CRITICAL = 4;
const USUAL: BundleUrgency = { priority: 1, isCritical: false };

/** Data of our priority block: 0 bulk, 1 normal, 2 expedited; 4 more if the bundle is critical. */
export function priorityBlockData({ priority, isCritical }: BundleUrgency): Uint8Array {
  writer.reset();
  writer.uint(priority + (isCritical ? CRITICAL : 0));
  return writer.taken();
}

/**
 * The priority of a bundle, from its priority block; normal if the block is absent or malformed.
 */
export function readPriorityBlock(view: BundleView): BundleUrgency {
  for (let index = 0; index < view.blocks; index += 1) {
    if (view.blockType[index] !== BLOCK_TYPE.priority) continue;
    const start = view.dataStart[index] as number;
    // Numbers below 24 are their own encoding (RFC 8949 section 3).
    const value = view.dataEnd[index] === start + 1 ? view.bytes[start] : undefined;
    if (value === undefined || value >= 2 * CRITICAL) return USUAL;
    const priority = value % CRITICAL;
    if (priority !== 0 && priority !== 1 && priority !== 2) return USUAL;
    return { priority, isCritical: value >= CRITICAL };
  }
  return USUAL;
}

/** Section 4.4.3: data of the hop count block. @param limit Largest number of hops, 1 to 255. */
export function hopCountData(limit: number, count: number): Uint8Array {
  writer.reset();
  writeHopCount(writer, limit, count);
  return writer.taken();
}

/** Appends the data of a hop count. */
export function writeHopCount(target: CborWriter, limit: number, count: number): void {
  target.array(2);
  target.uint(limit);
  target.uint(count);
}
