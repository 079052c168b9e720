/**
 * A reader of DER (ITU-T X.690, clauses 8.1 and 10), for the codecs of der.ts.
 *
 * The first element that is not the expected one refuses the whole input: later calls find no elements and
 * return empty content. So bad input never throws, and loops over `next` end.
 *
 * @module
 */
import {
  DER_CLASS_MASK,
  DER_CONSTRUCTED_BIT,
  DER_DEPTH_MAX,
  DER_ELEMENT_BYTES_MAX,
  DER_SEQUENCE,
  DER_SET,
  DER_TAG_NUMBER_MASK,
  type DerRefusal,
} from './der-element.ts';

/** Reads elements one after the other; bytes that it returns are views. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  #depth = 0;
  /**
   * Identifier octet that replaces the one of the type at the next element; undefined if the type's own is expected.
   */
  #implicit: number | undefined;
  #bad: { readonly why: DerRefusal; readonly at: number } | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    if (bytes.length > DER_ELEMENT_BYTES_MAX) this.refuse('too-long');
  }

  /** The first refusal, and the offset of the byte at which it happened; undefined if there is none. */
  get bad(): { readonly why: DerRefusal; readonly at: number } | undefined {
    return this.#bad;
  }

  /** Identifier octet of the next element; undefined if there is none, or after a refusal. */
  get next(): number | undefined {
    return this.#bad === undefined && this.#at < this.#end ? this.#bytes[this.#at] : undefined;
  }

  /** Refuses the whole input, unless it is refused already. */
  refuse(why: DerRefusal): void {
    this.#bad ??= { why, at: this.#at };
  }

  /** Refuses the whole input if more elements follow. */
  finish(): void {
    if (this.next !== undefined) this.refuse('trailing');
  }

  /** Content of the next element, which must have this identifier octet; empty after a refusal. */
  content(identifier: number): Uint8Array {
    const end = this.#head(identifier);
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return content;
  }

  /** Reads what is inside the next element, which must have this identifier octet. */
  inside<T>(identifier: number, read: () => T): T {
    const end = this.#head(identifier);
    const around = this.#end;
    if (this.#depth === DER_DEPTH_MAX) this.refuse('too-deep');
    this.#depth += 1;
    this.#end = end;
    const value = read();
    this.finish();
    this.#end = around;
    this.#depth -= 1;
    return value;
  }

  /** The value that `read` returns, with the exact bytes that it has read. */
  kept<T>(read: () => T): { readonly bytes: Uint8Array; readonly value: T } {
    const start = this.#at;
    const value = read();
    return { bytes: this.#bytes.subarray(start, this.#at), value };
  }

  /** Expects this identifier octet at the next element instead of the one of its type (X.690 8.14.3). */
  expectImplicit(identifier: number): void {
    this.#implicit = identifier;
  }

  /** Passes over identifier and length. @returns the offset after the content; the present offset after a refusal. */
  #head(identifier: number): number {
    const wanted = this.#implicit ?? identifier;
    this.#implicit = undefined;
    const { next } = this;
    if (next === undefined) return this.#refused('missing');
    const fault = next === wanted ? identifierFault(next) : (identifierFault(next) ?? 'wrong-tag');
    return fault === undefined ? this.#length(this.#at + 1) : this.#refused(fault);
  }

  #length(at: number): number {
    const bytes = this.#bytes;
    const left = this.#end - at - 1;
    if (left < 0) return this.#refused('truncated');
    const first = bytes[at] as number;
    // X.690 10.1: the length must have the definite form and the fewest octets.
    if (first === 0x80) return this.#refused('indefinite-length');
    const octets = first < 0x80 ? 0 : first - 0x80;
    if (octets > left) return this.#refused('truncated');
    if (octets > 0 && bytes[at + 1] === 0) return this.#refused('length-not-minimal');
    // A length of more octets is above DER_ELEMENT_BYTES_MAX.
    if (octets > 3) return this.#refused('truncated');
    let length = octets === 0 ? first : 0;
    for (let index = 1; index <= octets; index += 1) {
      length = (length << 8) | (bytes[at + index] as number);
    }
    if (octets > 0 && length < 0x80) return this.#refused('length-not-minimal');
    if (length > left - octets) return this.#refused('truncated');
    this.#at = at + 1 + octets;
    return this.#at + length;
  }

  #refused(why: DerRefusal): number {
    this.refuse(why);
    return this.#at;
  }
}

/** The refusal of an identifier octet that DER does not have or that this reader does not support; else undefined. */
function identifierFault(identifier: number): DerRefusal | undefined {
  const number = identifier & DER_TAG_NUMBER_MASK;
  // X.690 8.1.2.4: the number is in further octets.
  if (number === DER_TAG_NUMBER_MASK) return 'high-tag';
  if ((identifier & DER_CLASS_MASK) !== 0) return undefined;
  // X.690 8.1.5: tag number 0 marks the end of a content of indefinite length.
  if (number === 0) return 'wrong-tag';
  // X.690 10.2: strings are primitive; 8.9.1 and 8.11.1: SEQUENCE and SET are constructed.
  const isOuter =
    number === (DER_SEQUENCE & DER_TAG_NUMBER_MASK) || number === (DER_SET & DER_TAG_NUMBER_MASK);
  return isOuter === ((identifier & DER_CONSTRUCTED_BIT) !== 0) ? undefined : 'wrong-form';
}
