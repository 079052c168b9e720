/**
 * Assertions that detect defects of this code. Bad bytes from the network never reach them: they
 * are dropped before, with a reason.
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
