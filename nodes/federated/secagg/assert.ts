/**
 * Refuses our own mistakes. Bytes from a network never get this far: they are dropped by name.
 *
 * @module
 */

/** @throws Error when the condition does not hold. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`secure aggregation: ${message}`);
}
