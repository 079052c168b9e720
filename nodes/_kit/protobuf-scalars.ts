/**
 * Codecs of Protobuf's types of values, as far as messages of this project use them
 * (proto3; protobuf.dev/programming-guides/encoding, here "Encoding").
 *
 * No zigzag and no integers of fixed length.
 *
 * @module
 */
import {
  type Int64Words,
  PROTOBUF_WIRE_I32,
  PROTOBUF_WIRE_LEN,
  PROTOBUF_WIRE_VARINT,
  type ProtobufReader,
} from './protobuf-reader.ts';
import { type ProtobufWriter, splitInt64 } from './protobuf-writer.ts';

/** How values of one type are written and read, without their tag. */
export interface ProtobufCodec<Value> {
  readonly wireType: number;
  /** The default value. A message to write can be made from it: `{ ...HOP_FIELD.zero, ingress: 1 }`. */
  readonly zero: Value;
  /** Reads a value. @param before The value of an earlier record of the same field, if any; it may be changed. */
  read(reader: ProtobufReader, before?: Value): Value;
  write(writer: ProtobufWriter, value: Value): void;
}

/** Codec of a type whose default value is not written. */
export interface Scalar<Value> extends ProtobufCodec<Value> {
  isZero(value: Value): boolean;
}

const WORD_VALUES = 0x1_0000_0000;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** A uint32; a longer number is cut to its low 32 bits. */
export const uint32: Scalar<number> = varint(0, ({ low }) => low, splitInt64);
/** An int32, or an enum, for which any number is accepted (Encoding, "Bools and Enums"). */
export const int32: Scalar<number> = varint(0, ({ low }) => low | 0, splitInt64);
/** An int64; a number that a double does not hold exactly is refused. */
export const int53: Scalar<number> = varint(
  0,
  (reader) => safe(reader, reader.high | 0),
  splitInt64,
);
/** A uint64; a number that a double does not hold exactly is refused. */
export const uint53: Scalar<number> = varint(0, (reader) => safe(reader, reader.high), splitInt64);
/** A uint64 of any value, such as an ISD-AS number. */
export const uint64: Scalar<Int64Words> = varint(
  { high: 0, low: 0 },
  ({ high, low }) => ({ high, low }),
  (value) => value,
);
/** A bool; any number but 0 is read as true. */
export const bool: Scalar<boolean> = varint(
  false,
  ({ high, low }) => (high | low) !== 0,
  (value) => splitInt64(Number(value)),
);

/** A float of 32 bits; -0 is not the default value, so it is written. */
export const float: Scalar<number> = {
  wireType: PROTOBUF_WIRE_I32,
  zero: 0,
  isZero: (value) => Object.is(value, 0),
  read: (reader) => reader.float(),
  write: (writer, value) => writer.float(value),
};

/** Codec of bytes; reading returns a view. */
export const bytes: Scalar<Uint8Array> = {
  wireType: PROTOBUF_WIRE_LEN,
  zero: new Uint8Array(0),
  isZero: ({ length }) => length === 0,
  read: (reader) => reader.content(),
  write: (writer, value) => writer.content(value),
};

/** A string; its bytes must be well-formed UTF-8. */
export const string: Scalar<string> = {
  wireType: PROTOBUF_WIRE_LEN,
  zero: '',
  isZero: (value) => value === '',
  read(reader): string {
    const content = reader.content();
    try {
      return decoder.decode(content);
    } catch {
      reader.refuse('utf-8');
      return '';
    }
  },
  write: (writer, value) => writer.content(encoder.encode(value)),
};

/** Makes the codec of a type that is encoded as a varint and has a default value of 0. */
function varint<Value>(
  zero: Value,
  toValue: (reader: ProtobufReader) => Value,
  toWords: (value: Value) => Int64Words,
): Scalar<Value> {
  return {
    wireType: PROTOBUF_WIRE_VARINT,
    zero,
    isZero(value): boolean {
      const { high, low } = toWords(value);
      return (high | low) === 0;
    },
    read(reader): Value {
      reader.varint();
      return toValue(reader);
    },
    write: (writer, value) => writer.varint(toWords(value)),
  };
}

function safe(reader: ProtobufReader, high: number): number {
  const value = high * WORD_VALUES + reader.low;
  if (!Number.isSafeInteger(value)) reader.refuse('unsafe-integer');
  return value;
}
