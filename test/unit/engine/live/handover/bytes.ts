/**
 * Bytes for the tests of hand-overs.
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** Bytes that look random but are the same in every run. */
export function randomBytes(length: number, seed: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0; i * 32 < length; i += 1) {
    parts.push(createHash('sha256').update(`${seed}/${i}`).digest());
  }
  return new Uint8Array(Buffer.concat(parts)).slice(0, length);
}
