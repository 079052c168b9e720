/**
 * Upper bounds on the bytes that parts of a state take in a snapshot (see `snapshot.ts`).
 *
 * @module
 */

/** CBOR heads of a key, its two arrays and the array around them, bytes. */
const KEY_HEAD_BYTES = 16;
/** CBOR heads of a dot and of its actor, and the longest number, bytes. */
const MARK_HEAD_BYTES = 13;

/** Tells how many bytes a value takes in a snapshot. */
export interface Weight<Value> {
  // A method, not a field, so that a state of known sources is assignable to one of unknown sources.
  bytesOf(value: Value): number;
}

/** For states whose size in bytes does not matter. */
export const WEIGHTLESS: Weight<unknown> = { bytesOf: () => 0 };

/** Bytes of the key of a set or map. */
export function keyBytes(key: string): number {
  return KEY_HEAD_BYTES + utf8Bytes(key);
}

/** Bytes of a mark that a dot of this actor was seen. */
export function markBytes(actor: string): number {
  return MARK_HEAD_BYTES + utf8Bytes(actor);
}

/** Bytes of a text in UTF-8. Counted, not encoded: encoding took a seventh of the time of a merge. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // Two surrogates stand for a character of four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
