/**
 * Data of the extension blocks that agents write (RFC 9171 section 4.4).
 *
 * @module
 */
import { CborWriter } from '../../_kit/cbor-writer.ts';
import type { Eid } from './eid.ts';
import { writeEid } from './eid-wire.ts';

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

/** Section 4.4.3. @param limit 1 to 255. */
export function hopCountData(limit: number, count: number): Uint8Array {
  writer.reset();
  writer.array(2);
  writer.uint(limit);
  writer.uint(count);
  return writer.taken();
}
