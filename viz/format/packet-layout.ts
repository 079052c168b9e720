/**
 * The layout of a packet as data: `nodes/<p>/viz-fields.ts` exports `layout`, from which the reader
 * for the packet panel (`layout-reader.ts`) and the dissector for Wireshark (`lua-dissector.ts`)
 * are made. A layout lists the fields in the order of their bytes. Lengths, conditions and
 * repetitions may depend on the values of earlier fields; nothing else is computed.
 *
 * @module
 */

/**
 * A number, or `times` × (sum of the fields `of`) + `plus`, where `times` is 1 and `plus` is 0 by
 * default. If a field is repeated, its last value is used.
 */
export type LayoutAmount =
  | number
  | { readonly of: string | readonly string[]; readonly times?: number; readonly plus?: number };

/**
 * Number of bytes of a field: an amount; all bytes up to an offset in the packet (`until`) or up to
 * the packet's end (`rest`); or as many as the head of a CBOR item has in its shortest form (RFC
 * 8949 section 4.2.1).
 */
export type FieldSize =
  | LayoutAmount
  | { readonly until: LayoutAmount }
  | 'rest'
  | 'cbor unsigned'
  | 'cbor bytes'
  | 'cbor array';

/**
 * How a value is written: `number`: as a decimal number; `hex`: all its bytes in hex; `start`: its
 * first six bytes in hex; `dotted`: decimal bytes with dots between them; `groups`: hex groups of
 * two bytes with colons between them, if the value is above `groupsAbove`.
 */
export type ValueForm = 'number' | 'hex' | 'start' | 'dotted' | 'groups';

interface Value {
  readonly name: string;
  /**
   * The form of the value; by default `number` for up to 6 bytes and for heads of CBOR items,
   * otherwise `start`.
   */
  readonly form?: ValueForm;
  /** For the form `groups`: values up to this value are written as decimal numbers. */
  readonly groupsAbove?: number;
  readonly names?: Readonly<Record<number, string>>;
  /** The only possible values; a packet with another value is not of this protocol. */
  readonly only?: readonly number[];
}

/**
 * Neighbouring bits of a field, beginning with the most significant bits. Bits without a name are
 * reserved.
 */
export interface LayoutBits extends Value {
  /** Number of bits, 1 to 48. */
  readonly bits: number;
}

/**
 * A condition, which holds if the sum of the fields in `of` is in `is` (if `is` is given) and not
 * in `isNot`.
 */
export interface FieldCondition {
  readonly of: string | readonly string[];
  readonly is?: readonly number[];
  readonly isNot?: readonly number[];
}

/**
 * A field of a packet's layout: its size, form and meaning. A field of 0 bytes is not shown, and a
 * field whose name is empty is reserved.
 */
export interface LayoutField extends Value {
  readonly size: FieldSize;
  /** The parts of a field that consists of bits; together they have as many bits as the field. */
  readonly bits?: readonly LayoutBits[];
  /**
   * The text that is shown instead of the value. In it, `{name}` is replaced by the text of an
   * earlier field or bit of this name, `{value}` by the text of this field, and `{bytes}` by the
   * length of this field.
   */
  readonly text?: string;
  readonly when?: FieldCondition;
  /**
   * Repeats the field `times` times, numbered from 0. If `now` names another field, the repetition
   * whose number is the value of that field is marked.
   */
  readonly repeat?: { readonly times: LayoutAmount; readonly now?: string };
  /** The protocol to which the packet in this field belongs, as in `PacketField.holds`. */
  readonly holds?: string;
}

/** Neighbouring fields that are shown as a group. */
export interface LayoutLayer {
  readonly layer: string;
  readonly fields: readonly LayoutField[];
}

/** The layout of all packets of a protocol. */
export interface PacketLayout {
  readonly layers: readonly LayoutLayer[];
  /** True if a packet that is longer or shorter than its fields is not of this protocol. */
  readonly isWhole?: boolean;
  /**
   * The protocol whose packets contain the packets of this layout; absent if links carry them
   * directly.
   */
  readonly within?: string;
  /** The default UDP ports of the protocol; captures may give links further ports. */
  readonly ports?: readonly number[];
}

/**
 * A layout, or a function that derives the layout from traced states; the function returns
 * undefined if the states do not determine the layout.
 */
export type LayoutSource =
  | PacketLayout
  | ((states: ReadonlyMap<string, string>) => PacketLayout | undefined);

/** A field is repeated at most this many times, even if a packet states a larger number. */
export const FIELD_REPEATS_MAX = 4_096;
/** Unsigned integers of at most this many bytes are exact as JavaScript numbers. */
const NUMBER_BYTES = 6;

/**
 * Returns the layout of packets between nodes with these states; undefined if the states do not
 * determine it.
 */
export function layoutForStates(
  source: LayoutSource,
  states: ReadonlyMap<string, string>,
): PacketLayout | undefined {
  return typeof source === 'function' ? source(states) : source;
}

/**
 * Returns the form in which the value of a field is written: the form that the field names, or else
 * the default for its size.
 */
export function findValueForm({ form, size }: LayoutField): ValueForm {
  if (form !== undefined) return form;
  const isShort = typeof size === 'number' && size <= NUMBER_BYTES;
  return isShort || (typeof size === 'string' && size !== 'rest') ? 'number' : 'start';
}
