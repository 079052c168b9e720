/**
 * Reads arrays of plain fields from deterministic CBOR (RFC 8949 section 4.2.1). A field with a
 * wrong form spoils the reader, so that callers check `isGood` only once, at the end.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_SIMPLE,
  CBOR_TEXT,
  CBOR_UINT,
  CborReader,
} from '../../engine/pure/cbor-reader.ts';

const FALSE = 20;
const TRUE = 21;
/** The byte that encodes null. */
const NULL = 0xf6;
const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the fields of one message, request or record, in order. */
export class CborFieldReader {
  readonly #reader = new CborReader();
  #isSpoilt = false;

  constructor(bytes: Uint8Array) {
    this.#reader.open(bytes, 0, bytes.length);
  }

  /** True if all fields read so far had the form asked for, and no bytes are left. */
  get isGood(): boolean {
    return !this.#isSpoilt && this.#reader.at === this.#reader.end;
  }

  /** True once a field had another form than asked for. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /**
   * Reads the head of an array. @returns its number of items; 0 and spoilt if it is not an array or has
   * more than `most` items.
   */
  array(most: number): number {
    return this.#head(CBOR_ARRAY, most);
  }

  /** Reads the head of a map. @returns its number of pairs; 0 and spoilt as for {@link array}. */
  map(most: number): number {
    return this.#head(CBOR_MAP, most);
  }

  /** Reads null if it is next. @returns false, and reads nothing, if something else is next. */
  isNull(): boolean {
    const reader = this.#reader;
    if (this.#isSpoilt || reader.at >= reader.end || reader.bytes[reader.at] !== NULL) return false;
    reader.at += 1;
    return true;
  }

  /** Reads a byte string of `least` to `most` bytes, as a view. */
  bytes(most: number, least = 0): Uint8Array {
    const reader = this.#reader;
    if (this.#isSpoilt || !reader.string(CBOR_BYTES)) return this.#spoiltBy(NO_BYTES);
    const { argument, content } = reader;
    return argument < least || argument > most ? this.#spoiltBy(NO_BYTES) : content;
  }

  /** Reads an integer from 0 to `most`. */
  uint(most: number = Number.MAX_SAFE_INTEGER): number {
    return this.#head(CBOR_UINT, most);
  }

  /** Reads one of these words, which is encoded as its index. */
  word<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    return words[this.uint(words.length - 1)] ?? words[0];
  }

  /** Reads a boolean. */
  boolean(): boolean {
    const value = this.#head(CBOR_SIMPLE, TRUE);
    if (value < FALSE) this.#isSpoilt = true;
    return value === TRUE;
  }

  /** Reads text in UTF-8 of at most `bytesMax` bytes. */
  text(bytesMax: number): string {
    const reader = this.#reader;
    if (this.#isSpoilt || !reader.string(CBOR_TEXT) || reader.argument > bytesMax) {
      return this.#spoiltBy('');
    }
    try {
      return decoder.decode(reader.content);
    } catch {
      return this.#spoiltBy('');
    }
  }

  /** Reads a name: text in UTF-8 of 1 to `bytesMax` bytes. */
  name(bytesMax: number): string {
    const name = this.text(bytesMax);
    return name === '' ? this.#spoiltBy('') : name;
  }

  /** Marks the whole message as bad, because its fields do not fit together. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  #head(major: number, most: number): number {
    const reader = this.#reader;
    if (this.#isSpoilt || !reader.expect(major)) return this.#spoiltBy(0);
    return reader.isExact && reader.argument <= most ? reader.argument : this.#spoiltBy(0);
  }

  #spoiltBy<Value>(value: Value): Value {
    this.#isSpoilt = true;
    return value;
  }
}
