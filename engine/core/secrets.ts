/**
 * The one place where secrets are wiped, and where they are compared without a `CryptoProvider`.
 * Protocols, services and scenarios import it as `nodes/_kit/secrets.ts`.
 *
 * How to use it:
 *
 * - A tag, MAC, cookie, token or key that came from outside: compare it with `crypto.equal(a, b)`
 *   of the provider, or with {@link areSecretsEqual}; never with `===`, `equalBytes` or a loop, which
 *   stop at the first difference and so leak by their time how much of a guess was right.
 * - Key material that is no longer needed: `wipe(key)`, or `wipe(first, second)`; `undefined` is
 *   allowed. The file that makes a secret wipes it. `wipeRange` is for part of a buffer that is
 *   reused.
 * - Text cannot be wiped (strings are immutable): keep secrets as bytes.
 *
 * `tools/grit/one-place-for-secrets.grit` refuses other ways. There is no promise that no copy is
 * left: V8 may have moved an array, and libraries make copies of their own.
 *
 * @module
 */

/**
 * Arrays that can be overwritten: bytes, and the limbs and words that remain from arithmetic on
 * secrets.
 */
export type Wipeable = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Compares in constant time if the lengths are equal; the length itself is not secret. */
export function areSecretsEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && isSecretAt(left, left.length, right, 0);
}

/**
 * True when `buffer` holds, at `offset`, the first `length` bytes of `secret`; the time does not
 * depend on the bytes. Bytes beyond the end of an array count as zero.
 */
// hot: once per hop field; compares by index, so that no view is made.
export function isSecretAt(
  secret: Uint8Array,
  length: number,
  buffer: Uint8Array,
  offset: number,
): boolean {
  let difference = 0;
  for (let index = 0; index < length; index++) {
    difference |= (secret[index] as number) ^ (buffer[offset + index] as number);
  }
  return difference === 0;
}

/** Overwrites arrays with zeros. */
export function wipe(...secrets: readonly (Wipeable | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** Overwrites the bytes from `start` up to but not including `end` with zeros. */
export function wipeRange(memory: Uint8Array, start: number, end: number): void {
  memory.fill(0, start, end);
}
