/**
 * Reads arrays of plain fields from deterministic CBOR (RFC 8949 section 4.2.1). A field of a wrong
 * form makes the whole array bad, so that `isGood` need be read only once, at the end.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_SIMPLE,
  CBOR_TEXT,
  CBOR_UINT,
  CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import { MEMBER_NAME_BYTES_MAX } from './geometry.ts';

const FALSE = 20;
const TRUE = 21;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The fields of one message, request or record. */
export class CborFieldReader {
  readonly #reader = new CborReader();
  #isSpoilt = false;

  constructor(bytes: Uint8Array) {
    this.#reader.open(bytes, 0, bytes.length);
  }

  /** True if all fields were as they must be, and nothing follows. */
  get isGood(): boolean {
    return !this.#isSpoilt && this.#reader.at === this.#reader.end;
  }

  /** True once a field that was read was not of the form asked for. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /** The number of items of an array; 0 if there is none, or more than `most`. */
  array(most: number): number {
    return this.#head(CBOR_ARRAY, most);
  }

  /** An integer from 0 to `most`. */
  uint(most: number = Number.MAX_SAFE_INTEGER): number {
    return this.#head(CBOR_UINT, most);
  }

  /** One of these words, encoded as its index. */
  word<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    return words[this.uint(words.length - 1)] ?? words[0];
  }

  /** True or false. */
  boolean(): boolean {
    const value = this.#head(CBOR_SIMPLE, TRUE);
    if (value < FALSE) this.#isSpoilt = true;
    return value === TRUE;
  }

  /** Well-formed text of at most `bytesMax` bytes. */
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

  /** The name of a node. */
  name(): string {
    const name = this.text(MEMBER_NAME_BYTES_MAX);
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
