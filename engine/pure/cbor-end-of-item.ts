/**
 * Finds the end of a CBOR data item without looking at its meaning (RFC 8949 section 3, appendix C).
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_BREAK,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_SIMPLE,
  CBOR_TAG,
  CBOR_TEXT,
  CborReader,
} from './cbor-reader.ts';

/** Additional information that marks an item of indefinite length. */
const INDEFINITE = 31;
const NONE = -1;

const reader = new CborReader();
/** Whether all heads that were read so far had the shortest form, and whether all items had definite lengths. */
let isShortest = true;
let isDefinite = true;

/**
 * The offset after the item that begins at `start`. Heads must be as short as possible; lengths may be
 * indefinite.
 * @param depth Largest number of levels of arrays, maps and tags, >= 1.
 * @returns -1 if the item is malformed, deeper, or goes beyond `end`.
 */
export function endOfItem(bytes: Uint8Array, start: number, end: number, depth: number): number {
  isShortest = true;
  const at = walk(bytes, start, end, depth);
  return isShortest ? at : NONE;
}

/**
 * True for one CBOR item that is well-formed but not deterministic (section 4.2.1), so that a strict reader refuses it:
 * a head is longer than necessary, or a length is indefinite.
 * @param depth See {@link endOfItem}.
 */
export function isNonDeterministicCbor(bytes: Uint8Array, depth: number): boolean {
  isShortest = true;
  isDefinite = true;
  return walk(bytes, 0, bytes.length, depth) === bytes.length && !(isShortest && isDefinite);
}

function walk(bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (start >= end) return NONE;
  const first = bytes[start] as number;
  if ((first & 0x1f) === INDEFINITE) return endOfIndefinite(bytes, start, end, depth);
  reader.open(bytes, start, end);
  if (!reader.anyHead()) return NONE;
  // A long head is allowed for a floating-point number, which shares its major type with simple
  // values.
  if (!reader.isShortest && reader.major !== CBOR_SIMPLE) isShortest = false;
  const { major, argument, at } = reader;
  switch (major) {
    case CBOR_BYTES:
    case CBOR_TEXT:
      return argument > end - at ? NONE : at + argument;
    case CBOR_ARRAY:
      return endOfItems(bytes, at, { count: argument, end, depth });
    case CBOR_MAP:
      return endOfItems(bytes, at, { count: 2 * argument, end, depth });
    case CBOR_TAG:
      return endOfItems(bytes, at, { count: 1, end, depth });
    default:
      return at;
  }
}

interface Items {
  readonly count: number;
  readonly end: number;
  readonly depth: number;
}

function endOfItems(bytes: Uint8Array, start: number, { count, end, depth }: Items): number {
  // Each item has at least one byte, so a count above the number of bytes left cannot be true.
  if (count > end - start || (count > 0 && depth === 0)) return NONE;
  let at = start;
  for (let index = 0; index < count && at !== NONE; index += 1) {
    at = walk(bytes, at, end, depth - 1);
  }
  return at;
}

/** The end of an item of indefinite length: a string of definite strings of its type, a map of pairs. */
function endOfIndefinite(bytes: Uint8Array, start: number, end: number, depth: number): number {
  const major = (bytes[start] as number) >>> 5;
  const isString = major === CBOR_BYTES || major === CBOR_TEXT;
  isDefinite = false;
  if (depth === 0 || !(isString || major === CBOR_ARRAY || major === CBOR_MAP)) return NONE;
  let at = start + 1;
  let count = 0;
  while (at !== NONE && at < end && bytes[at] !== CBOR_BREAK) {
    const next = bytes[at] as number;
    if (isString && (next >>> 5 !== major || (next & 0x1f) === INDEFINITE)) return NONE;
    at = walk(bytes, at, end, depth - 1);
    count += 1;
  }
  if (at === NONE || at >= end) return NONE;
  return major === CBOR_MAP && count % 2 === 1 ? NONE : at + 1;
}
