/**
 * Takes the value out of a decoder's answer; a drop fails the test with its reason.
 *
 * @module
 */
import { isWireDrop, type WireDrop } from '../../../../../nodes/scion/wire/drops.ts';

/** The value, or a failure that names the drop. */
export function value<T>(answer: T | WireDrop): T {
  if (isWireDrop(answer)) throw new Error(`dropped: ${answer}`);
  return answer;
}
