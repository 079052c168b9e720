/**
 * Reads the fields of packets as a layout describes them, for the packet panel. `lua-runtime.ts`
 * does the same in Lua; a test compares the results of both for captured packets.
 *
 * @module
 */
import type { PacketField, PacketReader } from './packet-fields.ts';
import {
  FIELD_REPEATS_MAX,
  type FieldCondition,
  findValueForm,
  type LayoutAmount,
  type LayoutBits,
  type LayoutField,
  type LayoutSource,
  layoutForStates,
  type PacketLayout,
  type ValueForm,
} from './packet-layout.ts';

/** Makes a reader for packets with this layout. */
export function makePacketReader(source: LayoutSource): PacketReader {
  return (bytes, states) => {
    const layout = layoutForStates(source, states);
    return layout === undefined ? undefined : new Reading(bytes).read(layout);
  };
}

/**
 * The result of reading a field: `read` means complete; `foreign` that its value is impossible in
 * this protocol; `cut` that the packet ends before it.
 */
type Outcome = 'read' | 'foreign' | 'cut';

/**
 * The CBOR major type for each size of a field that is a head of a CBOR item. RFC 8949 section 3.1:
 * the major type is in the upper three bits.
 */
const MAJORS = { 'cbor unsigned': 0, 'cbor bytes': 2, 'cbor array': 4 } as const;
/** Number of bytes that are shown of a value of the form `start`. */
const START_BYTES = 6;

class Reading {
  readonly #bytes: Uint8Array;
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<string, string>();
  readonly #found: PacketField[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read({ layers, isWhole = false }: PacketLayout): readonly PacketField[] | undefined {
    for (const { layer, fields } of layers) {
      for (const field of fields) {
        const outcome = this.#field(layer, field);
        if (outcome === 'foreign' || (outcome === 'cut' && isWhole)) return undefined;
        if (outcome === 'cut') return this.#found;
      }
    }
    return isWhole && this.#at < this.#bytes.length ? undefined : this.#found;
  }

  #field(layer: string, field: LayoutField): Outcome {
    const { when, repeat, name } = field;
    if (when !== undefined && !this.#holds(when)) return 'read';
    if (repeat === undefined) return this.#one(layer, field, name);
    const times = Math.min(FIELD_REPEATS_MAX, this.#amount(repeat.times));
    const now = this.#numbers.get(repeat.now ?? '');
    for (let number = 0; number < times; number += 1) {
      const mark = number === now ? ' (now)' : '';
      const outcome = this.#one(layer, field, `${name} ${number}${mark}`);
      if (outcome !== 'read') return outcome;
    }
    return 'read';
  }

  #one(layer: string, field: LayoutField, name: string): Outcome {
    const length = this.#length(field);
    const offset = this.#at;
    if (length < 0) return 'foreign';
    if (length === 0) return 'read';
    if (offset + length > this.#bytes.length) return 'cut';
    const value = this.#value(field, length);
    const bits = this.#bits(field.bits ?? []);
    if (value === undefined || bits === undefined) return 'foreign';
    const text = field.bits !== undefined && field.form === undefined ? bits : value;
    this.#texts.set(field.name, text);
    this.#at += length;
    if (field.name === '') return 'read';
    this.#found.push({
      ...{ layer, name, offset, length },
      value: this.#filled(field.text, { value: text, bytes: String(length) }) ?? text,
      ...(field.holds === undefined ? {} : { holds: field.holds }),
    });
    return 'read';
  }

  #length({ size }: LayoutField): number {
    const left = this.#bytes.length - this.#at;
    if (typeof size === 'object' && 'until' in size) return this.#amount(size.until) - this.#at;
    if (size === 'rest') return left;
    if (typeof size !== 'string') return this.#amount(size);
    const first = this.#bytes[this.#at];
    if (first === undefined) return 1;
    // RFC 8949 section 3: of the values of the lower five bits, 28 to 30 are reserved, and 31 means
    // indefinite length.
    if (first >>> 5 !== MAJORS[size] || (first & 31) > 27) return -1;
    return (first & 31) < 24 ? 1 : 1 + 2 ** ((first & 31) - 24);
  }

  /**
   * Returns the text of a value; undefined if the value is impossible in a packet of this protocol.
   */
  #value(field: LayoutField, length: number): string | undefined {
    const { size, name, names, only } = field;
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    const isCbor = typeof size === 'string' && size !== 'rest';
    if (!isCbor && length > 8) return written(bytes, findValueForm(field));
    const value = isCbor ? cborArgument(bytes) : unsigned(bytes);
    if (value === undefined || (only !== undefined && !only.includes(Number(value)))) {
      return undefined;
    }
    this.#numbers.set(name, Number(value));
    if (names?.[Number(value)] !== undefined) return names[Number(value)];
    return findValueForm(field) === 'number' ? String(value) : written(bytes, findValueForm(field));
  }

  /**
   * Returns the texts of the bits that have names; undefined if a value is impossible in this
   * protocol.
   */
  #bits(parts: readonly LayoutBits[]): string | undefined {
    const texts: string[] = [];
    let bit = 8 * this.#at;
    for (const part of parts) {
      const value = bitsAt(this.#bytes, bit, part.bits);
      bit += part.bits;
      if (part.only !== undefined && !part.only.includes(value)) return undefined;
      if (part.name === '') continue;
      const text = part.names?.[value] ?? bitsText(value, part);
      this.#numbers.set(part.name, value);
      this.#texts.set(part.name, text);
      texts.push(text);
    }
    return texts.join(', ');
  }

  #filled(text: string | undefined, own: Readonly<Record<string, string>>): string | undefined {
    return text?.replace(
      /\{([^}]+)\}/g,
      (_, name: string) => own[name] ?? this.#texts.get(name) ?? '',
    );
  }

  #holds({ of, is, isNot = [] }: FieldCondition): boolean {
    const value = this.#sum(of);
    return (is?.includes(value) ?? true) && !isNot.includes(value);
  }

  #amount(amount: LayoutAmount): number {
    if (typeof amount === 'number') return amount;
    return this.#sum(amount.of) * (amount.times ?? 1) + (amount.plus ?? 0);
  }

  #sum(of: string | readonly string[]): number {
    const names = typeof of === 'string' ? [of] : of;
    return names.reduce((sum, name) => sum + (this.#numbers.get(name) ?? 0), 0);
  }
}

/**
 * Returns the number in the head of a CBOR item; undefined if the head is not in its shortest form.
 */
function cborArgument(bytes: Uint8Array): bigint | undefined {
  const first = (bytes[0] ?? 0) & 31;
  if (bytes.length === 1) return BigInt(first);
  const value = unsigned(bytes.subarray(1));
  const least = bytes.length === 2 ? 24n : 1n << BigInt(4 * (bytes.length - 1));
  return value < least ? undefined : value;
}

function unsigned(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit += 1) {
    value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

function bitsText(value: number, { form, bits, groupsAbove = -1 }: LayoutBits): string {
  const digits = value.toString(16).padStart(Math.ceil(bits / 4), '0');
  if (form === 'hex') return digits;
  if (form !== 'groups' || value <= groupsAbove) return String(value);
  const groups = digits.match(/..../g) ?? [];
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

function written(bytes: Uint8Array, form: ValueForm): string {
  if (form === 'dotted') return [...bytes].join('.');
  const isCut = form === 'start' && bytes.length > START_BYTES;
  const shown = isCut ? bytes.subarray(0, START_BYTES) : bytes;
  return [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join('') + (isCut ? '…' : '');
}
