/**
 * Blobs of a block: CBOR values, each stored once and numbered by the `value` column
 * (docs/TRACE.md#tables). Layout: count u32, count + 1 offsets u32 relative to the first blob, the
 * blobs.
 *
 * States are maps from text to text, and marks are text strings.
 *
 * @module
 */
import { CborWriter } from '../../pure/cbor-writer.ts';
import { joinBytes } from '../../pure/join-bytes.ts';

const writer = new CborWriter();

/** Encodes a text string as CBOR. */
export function cborText(text: string): Uint8Array {
  writer.reset();
  writer.text(text);
  return writer.taken();
}

/** Encodes a map of text to text as CBOR. */
export function cborMap(entries: Iterable<readonly [string, string]>): Uint8Array {
  const pairs = [...entries].map(([key, value]) => [cborText(key), cborText(value)] as const);
  writer.reset();
  writer.map(pairs);
  return writer.taken();
}

/** Collects the blobs of a block until the block is written. */
export class BlobTable {
  readonly #numbers = new Map<string, number>();
  #blobs: Uint8Array[] = [];

  /** Number of the blob for `key`; `make` makes the blob and is called once per key and block. */
  number(key: string, make: () => Uint8Array): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#blobs.length;
    this.#blobs.push(make());
    this.#numbers.set(key, number);
    return number;
  }

  /** Returns the bytes of the section of all blobs; the table is empty afterwards. */
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
    return joinBytes([front, ...blobs]);
  }
}
