/**
 * The one place where secrets are wiped, and where they are compared when no `CryptoProvider` is at
 * hand. Protocols, services and scenarios import it as `nodes/_kit/secrets.ts`.
 *
 * How to use it:
 *
 * - A tag, MAC, cookie, token or key that somebody sent: `crypto.equal(a, b)` of the provider, or
 *   {@link equalSecrets}; never `===`, `equalBytes` or a loop of one's own, which end at the first
 *   difference and so tell by their time how much of a guess was right.
 * - Key material that is done with: `wipe(key)`, or `wipe(first, second)`; `undefined` is allowed. Who
 *   makes a secret wipes it, in the same file. `wipeRange` is for part of a memory that is used again.
 * - Text cannot be wiped (strings are immutable): keep secrets as bytes.
 *
 * `tools/grit/one-place-for-secrets.grit` refuses other ways. It does not promise that no copy is left:
 * the engine may have moved an array, and what a library copied is its own.
 *
 * @module
 */

/** What can be overwritten: bytes, and the limbs and words that arithmetic on secrets leaves. */
export type Wipeable = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Compares in constant time for equal lengths; the length itself is no secret. */
export function equalSecrets(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && secretStandsAt(left, left.length, right, 0);
}

/**
 * True when the first `length` bytes of `secret` stand in `buffer` at `offset`; constant time in
 * their content. Bytes beyond the end of either array count as zero.
 */
// hot: once for each hop field; by index, so that no view is made.
export function secretStandsAt(
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

/** Overwrites with zeros. */
export function wipe(...secrets: readonly (Wipeable | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** Overwrites the part from `start` to before `end` with zeros. */
export function wipeRange(memory: Uint8Array, start: number, end: number): void {
  memory.fill(0, start, end);
}
