/**
 * Extracts the value from a decoder's answer; if it is a drop, the test fails with the drop's
 * reason.
 *
 * @module
 */
import { isWireDropReason, type WireDropReason } from '../../../../../nodes/scion/wire/drops.ts';

/** Returns the value, or fails with the name of the drop. */
export function value<T>(answer: T | WireDropReason): T {
  if (isWireDropReason(answer)) throw new Error(`dropped: ${answer}`);
  return answer;
}
