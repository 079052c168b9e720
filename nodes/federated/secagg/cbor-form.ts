/**
 * Tells CBOR in another than the deterministic form (RFC 8949 section 4.2.1) from what is no CBOR,
 * so that a drop can be named. Only for messages that the strict reader has refused already.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_BREAK,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_TAG,
  CBOR_TEXT,
  CborReader,
} from '../../_kit/cbor-reader.ts';

const NONE = -1;
/** Levels of a message and one more: itself, a list, an entry. */
const DEPTH_MAX = 4;
const INDEFINITE = 31;
const IN_ONE = 24;
const IN_EIGHT = 27;

/** The form of what should be one CBOR item. */
export function cborForm(bytes: Uint8Array): 'deterministic' | 'other' | 'malformed' {
  const walk = new Walk(bytes);
  if (walk.item(0, DEPTH_MAX) !== bytes.length) return 'malformed';
  return walk.isDeterministic ? 'deterministic' : 'other';
}

class Walk {
  isDeterministic = true;
  readonly #bytes: Uint8Array;
  readonly #strict = new CborReader();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The offset after the item at `at`; -1 if there is none. */
  item(at: number, depth: number): number {
    const first = this.#bytes[at];
    if (first === undefined || depth === 0) return NONE;
    const major = first >>> 5;
    const information = first & 0x1f;
    if (information === INDEFINITE) return this.#indefinite(major, at + 1, depth);
    if (information > IN_EIGHT) return NONE;
    const after = at + 1 + (information < IN_ONE ? 0 : 2 ** (information - IN_ONE));
    if (after > this.#bytes.length) return NONE;
    this.#strict.open(this.#bytes, at, this.#bytes.length);
    if (!this.#strict.head()) this.isDeterministic = false;
    return this.#content(major, this.#argument(at, after), { at: after, depth });
  }

  #argument(at: number, after: number): number {
    let value = (this.#bytes[at] as number) & 0x1f;
    if (after > at + 1) value = 0;
    for (let offset = at + 1; offset < after; offset += 1) {
      value = 256 * value + (this.#bytes[offset] as number);
    }
    return value;
  }

  #content(
    major: number,
    argument: number,
    { at, depth }: { readonly at: number; readonly depth: number },
  ): number {
    switch (major) {
      case CBOR_BYTES:
      case CBOR_TEXT:
        return argument > this.#bytes.length - at ? NONE : at + argument;
      case CBOR_ARRAY:
        return this.#items(argument, at, depth);
      case CBOR_MAP:
        return this.#items(2 * argument, at, depth);
      case CBOR_TAG:
        return this.#items(1, at, depth);
      default:
        return at;
    }
  }

  #items(count: number, start: number, depth: number): number {
    if (count > this.#bytes.length - start) return NONE;
    let at = start;
    for (let done = 0; done < count && at !== NONE; done += 1) at = this.item(at, depth - 1);
    return at;
  }

  #indefinite(major: number, start: number, depth: number): number {
    this.isDeterministic = false;
    if (major < CBOR_BYTES || major > CBOR_MAP) return NONE;
    let at = start;
    while (at !== NONE && this.#bytes[at] !== CBOR_BREAK) at = this.item(at, depth - 1);
    return at === NONE ? NONE : at + 1;
  }
}
