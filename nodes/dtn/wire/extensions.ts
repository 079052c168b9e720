/**
 * Data of the extension blocks that agents write (RFC 9171 section 4.4).
 *
 * @module
 */
import { CborWriter } from '../../_kit/cbor-writer.ts';
import type { Eid } from './eid.ts';
import { writeEid } from './eid-wire.ts';

function written(write: (writer: CborWriter) => void): Uint8Array {
  const writer = new CborWriter();
  write(writer);
  return writer.taken();
}

/** Section 4.4.1: the node that forwards. */
export function previousNodeData(node: Eid): Uint8Array {
  return written((writer) => writeEid(writer, node));
}

/** Section 4.4.2. @param ageMs Time since creation, ms. */
export function bundleAgeData(ageMs: number): Uint8Array {
  return written((writer) => writer.uint(ageMs));
}

/** Section 4.4.3. @param limit 1 to 255. */
export function hopCountData(limit: number, count: number): Uint8Array {
  return written((writer) => {
    writer.array(2);
    writer.uint(limit);
    writer.uint(count);
  });
}
