/**
 * Notices mistakes of our own code. Bad bytes from a network are dropped before, with a reason.
 *
 * @module
 */

/**
 * Throws if a condition of our own code does not hold.
 * @throws Error when the condition does not hold.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`secure aggregation: ${message}`);
}
