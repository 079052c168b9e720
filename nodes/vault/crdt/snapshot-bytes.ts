/**
 * Upper bounds of what parts of a state take in a snapshot (see `snapshot.ts`), bytes.
 *
 * @module
 */

/** Heads of a key, its two arrays and the array around them. */
const KEY_HEADS = 16;
/** Head of a dot and of its actor, and the longest number. */
const MARK_HEADS = 13;

/** Says what a value takes in a snapshot, bytes. */
export interface Weight<Value> {
  // A method, so that a state of some sources is one of unknown sources, too.
  bytesOf(value: Value): number;
}

/** For states whose bytes are of no interest. */
export const WEIGHTLESS: Weight<unknown> = { bytesOf: () => 0 };

/** Bytes of the key of a set or map. */
export function keyBytes(key: string): number {
  return KEY_HEADS + utf8Bytes(key);
}

/** Bytes of a mark that a dot of this actor was seen. */
export function markBytes(actor: string): number {
  return MARK_HEADS + utf8Bytes(actor);
}

/** Bytes of a text in UTF-8; counted, since encoding it took a seventh of a merge. */
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
