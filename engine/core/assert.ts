/**
 * Assertions that stay on in production. A failed assertion is a mistake of our own code, the third
 * of the three kinds of errors (docs/spec/error-messages.md).
 *
 * Bad input from the network gets a drop reason, and a bad file a ConfigError: neither is asserted.
 *
 * @module
 */

/**
 * An assertion of the engine failed: the run ends with exit code 3
 * (docs/spec/run-files.md#exit-codes).
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * Throws unless the condition holds.
 *
 * On hot paths, where building the message would cost more than the check, write
 * `if (!condition) throw new InvariantError(...)` instead.
 *
 * @param condition What must be true. NaN and other falsy values fail.
 * @param message What was expected and what was found.
 * @throws InvariantError when the condition does not hold.
 * @example assert(lengthBytes <= 1200, `datagram of ${lengthBytes} bytes exceeds the MTU`);
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
