/**
 * Blobs of a block: CBOR values, each stored once and numbered by the `value` column
 * (docs/TRACE.md#tables). Layout: count u32, count + 1 offsets u32 relative to the first blob, the
 * blobs.
 *
 * Only the CBOR that states need: text strings, and maps from text to text, in canonical form (RFC
 * 8949 4.2.1: shortest lengths; keys sorted by their bytes).
 *
 * @module
 */

/** Major types of RFC 8949 3.1, shifted into place. */
const CBOR_TEXT = 0x60;
const CBOR_MAP = 0xa0;

const encoder = new TextEncoder();

/** A text string as CBOR. */
export function cborText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return joined([head(CBOR_TEXT, bytes.length), bytes]);
}

/** A map of text to text as CBOR, keys in canonical order. */
export function cborMap(entries: Iterable<readonly [string, string]>): Uint8Array {
  const pairs = [...entries].map(([key, value]) => ({
    key: cborText(key),
    value: cborText(value),
  }));
  pairs.sort((a, b) => compare(a.key, b.key));
  return joined([head(CBOR_MAP, pairs.length), ...pairs.flatMap(({ key, value }) => [key, value])]);
}

/** Collects blobs until the block is written. */
export class BlobTable {
  readonly #numbers = new Map<string, number>();
  #blobs: Uint8Array[] = [];

  /** Number of the blob for `key`; `make` is called once per block. */
  number(key: string, make: () => Uint8Array): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#blobs.length;
    this.#blobs.push(make());
    this.#numbers.set(key, number);
    return number;
  }

  /** The section; the table is empty afterwards. */
  take(): Uint8Array {
    const blobs = this.#blobs;
    this.#blobs = [];
    this.#numbers.clear();
    const front = new Uint8Array(4 * (blobs.length + 2));
    const view = new DataView(front.buffer);
    view.setUint32(0, blobs.length, true);
    let offset = 0;
    for (const [index, blob] of blobs.entries()) {
      view.setUint32(4 * (index + 1), offset, true);
      offset += blob.length;
    }
    view.setUint32(4 * (blobs.length + 1), offset, true);
    return joined([front, ...blobs]);
  }
}

function head(major: number, length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(major | length);
  if (length < 0x100) return Uint8Array.of(major | 24, length);
  if (length < 0x1_0000) return Uint8Array.of(major | 25, length >>> 8, length);
  return Uint8Array.of(major | 26, length >>> 24, length >>> 16, length >>> 8, length);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
