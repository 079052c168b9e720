/**
 * Data of the extension blocks that agents write (RFC 9171 section 4.4).
 *
 * @module
 */
import { CborWriter } from '../../_kit/cbor-writer.ts';
import { BLOCK_TYPE } from '../geometry.ts';
import type { Eid } from './eid.ts';
import { writeEid } from './eid-wire.ts';
import type { BundleView } from './view.ts';

/** One for all: three of these blocks are written for each bundle that passes. */
const writer = new CborWriter();

/** Section 4.4.1: the node that forwards. */
export function previousNodeData(node: Eid): Uint8Array {
  writer.reset();
  writeEid(writer, node);
  return writer.taken();
}

/** Section 4.4.2. @param ageMs Time since creation, ms. */
export function bundleAgeData(ageMs: number): Uint8Array {
  writer.reset();
  writer.uint(ageMs);
  return writer.taken();
}

/** Ours: 0 bulk, 1 normal, 2 expedited. A bundle without the block is normal. */
export function priorityData(priority: number): Uint8Array {
  writer.reset();
  writer.uint(priority);
  return writer.taken();
}

/** The priority of a bundle; normal if it names none that we know. */
export function priorityOf(view: BundleView): 0 | 1 | 2 {
  for (let index = 0; index < view.blocks; index += 1) {
    if (view.blockType[index] !== BLOCK_TYPE.priority) continue;
    const start = view.dataStart[index] as number;
    // Numbers below 24 are their own encoding (RFC 8949 section 3).
    const value = view.dataEnd[index] === start + 1 ? view.bytes[start] : undefined;
    return value === 0 || value === 2 ? value : 1;
  }
  return 1;
}

/** Section 4.4.3. @param limit 1 to 255. */
export function hopCountData(limit: number, count: number): Uint8Array {
  writer.reset();
  writer.array(2);
  writer.uint(limit);
  writer.uint(count);
  return writer.taken();
}
