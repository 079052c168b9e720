/**
 * The layout of a packet as data: `nodes/<p>/viz-fields.ts` exports `layout`, from which the packet
 * panel ({@link readerOf}) and the dissector for Wireshark (`lua-dissector.ts`) are made. It names
 * the fields in the order of their bytes and cannot compute more than lengths, conditions and
 * repetitions from fields before.
 *
 * @module
 */

/** `plus` and `times` the sum of the fields named; of a repeated field, the last one counts. */
export type Amount =
  | number
  | { readonly of: string | readonly string[]; readonly times?: number; readonly plus?: number };

/**
 * Number of bytes of a field: an amount, what is left, what is left up to an offset of the packet,
 * or that of the head of a CBOR item in its shortest form (RFC 8949 section 4.2.1).
 */
export type Size =
  | Amount
  | { readonly until: Amount }
  | 'rest'
  | 'cbor unsigned'
  | 'cbor bytes'
  | 'cbor array';

/**
 * How a value is written: as a number, as all of its bytes or the first six in hex, as bytes with
 * dots between, or in hex groups of two bytes with colons between if it is above `groupsAbove`.
 */
export type ValueForm = 'number' | 'hex' | 'start' | 'dotted' | 'groups';

interface Value {
  readonly name: string;
  /** Default: a number up to 6 bytes, and for heads of CBOR; the first bytes in hex otherwise. */
  readonly form?: ValueForm;
  /** For {@link ValueForm} `groups`: up to this value it is a number. */
  readonly groupsAbove?: number;
  readonly names?: Readonly<Record<number, string>>;
  /** A packet with another value is not of this protocol. */
  readonly only?: readonly number[];
}

/** Bits of a field, the most significant first; those without a name are reserved. */
export interface LayoutBits extends Value {
  /** 1 to 48. */
  readonly bits: number;
}

/** True if the sum of the fields named is one of `is`, or none of `isNot`. */
export interface Condition {
  readonly of: string | readonly string[];
  readonly is?: readonly number[];
  readonly isNot?: readonly number[];
}

/** A field; one of no bytes is left out, and one without a name is reserved. */
export interface LayoutField extends Value {
  readonly size: Size;
  /** Together as many bits as the field has. */
  readonly bits?: readonly LayoutBits[];
  /**
   * What is shown in place of the value: `{name}` is the text of an earlier field or of one of the
   * bits, `{value}` that of this field, `{bytes}` the number of its bytes.
   */
  readonly text?: string;
  readonly when?: Condition;
  /** As many such fields, numbered from 0; the one whose number `now` has is marked. */
  readonly repeat?: { readonly times: Amount; readonly now?: string };
  /** See `PacketField.holds`. */
  readonly holds?: string;
}

/** Neighbouring fields that are shown as a group. */
export interface LayoutLayer {
  readonly layer: string;
  readonly fields: readonly LayoutField[];
}

/** See the module. */
export interface PacketLayout {
  readonly layers: readonly LayoutLayer[];
  /** A packet that is longer or shorter is not of this protocol. */
  readonly isWhole?: boolean;
  /** The protocol on whose packets these travel where links carry no bare ones. */
  readonly within?: string;
  /** UDP ports of the protocol, besides those of links, unless a file says others. */
  readonly ports?: readonly number[];
}

/** A layout, or how it follows from what nodes have traced; undefined if that is not known. */
export type LayoutSource =
  | PacketLayout
  | ((states: ReadonlyMap<string, string>) => PacketLayout | undefined);

/** Largest number of fields of one repetition, whatever a packet says. */
export const REPEAT_MAX = 4_096;
/** Numbers up to this many bytes are exact. */
const NUMBER_BYTES = 6;

/** The layout of packets between nodes with these states. */
export function layoutIn(
  source: LayoutSource,
  states: ReadonlyMap<string, string>,
): PacketLayout | undefined {
  return typeof source === 'function' ? source(states) : source;
}

/** The form of a value that names none. */
export function formOf({ form, size }: LayoutField): ValueForm {
  if (form !== undefined) return form;
  const isShort = typeof size === 'number' && size <= NUMBER_BYTES;
  return isShort || (typeof size === 'string' && size !== 'rest') ? 'number' : 'start';
}
