/**
 * Protobuf messages by tables of fields (proto3; protobuf.dev/programming-guides/encoding, here
 * "Encoding", and protobuf.dev/programming-guides/proto3, here "Language guide").
 *
 * ```ts
 * const HOP_FIELD = message({ ingress: field(1, uint53), mac: field(4, bytes) });
 * type HopField = MessageOf<typeof HOP_FIELD>;
 * const hop = decodeProtobuf(HOP_FIELD, received);
 * ```
 *
 * Writing is canonical, as in Go's deterministic marshalling: fields in the order of their numbers, maps in the order
 * of their keys, default values left out, scalars packed. Reading accepts any order and form that the wire format
 * allows, never throws, and returns a name for the first mistake. The work and memory of reading are
 * proportional to the input: tables bound the number of elements, and a table cannot contain itself, so that its depth
 * bounds the depth of messages. Unknown fields are skipped and not kept. Signatures need the received
 * bytes, which `bytes` fields and {@link messageWithBytesCodec} keep unchanged.
 *
 * There are no groups, and the fields of a `oneof` do not exclude each other. A known field with another wire type is
 * refused, whereas other readers may skip it as unknown.
 *
 * @module
 */
import { compareBytes } from './bytes.ts';
import { PROTOBUF_WIRE_LEN, ProtobufReader, type ProtobufRefusal } from './protobuf-reader.ts';
import { bytes, type ProtobufCodec, type Scalar } from './protobuf-scalars.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Codec of a message type. */
export interface ProtobufMessageCodec<Value> extends ProtobufCodec<Value> {
  /** Like `read`, but reads to the end of the bytes, because the outermost message has no length. */
  readBody(reader: ProtobufReader, before?: Value): Value;
  writeBody(writer: ProtobufWriter, value: Value): void;
}

/** A field of a message: its number, and how its value is read and written. */
export interface Field<Value> {
  readonly number: number;
  /** The value if the message has no record of the field. */
  readonly zero: Value;
  read(reader: ProtobufReader, before: Value): Value;
  write(writer: ProtobufWriter, value: Value): void;
}

/** The TypeScript type of the messages that a table describes. */
export type MessageOf<Table> = Table extends ProtobufCodec<infer Value> ? Value : never;

type Fields = Readonly<Record<string, Field<unknown>>>;
type ValuesOf<Named extends Fields> = {
  readonly [Name in keyof Named]: Named[Name] extends Field<infer Value> ? Value : never;
};

/** A message with the bytes from which it was read. */
export interface MessageWithBytes<Value> {
  /** A view of the received bytes; these bytes are written, not the message. */
  readonly bytes: Uint8Array;
  readonly message: Value;
}

/** The largest number of elements that a repeated field or a map may have. */
export interface ElementLimit {
  readonly most: number;
}

/** Largest number of unknown fields of one message that are skipped: a later version adds a few. */
const UNKNOWN_MAX = 64;
/** Largest number of a field (Language guide, "Assigning Field Numbers"). */
const FIELD_MAX = 0x1fff_ffff;
const encoder = new TextEncoder();

/** Makes a field that is undefined if it is absent: a message, or a field that is `optional` in proto3. */
export function optional<Value>(
  number: number,
  kind: ProtobufCodec<Value>,
): Field<Value | undefined> {
  return {
    number,
    zero: undefined,
    read: (reader, before): Value | undefined =>
      reader.expect(kind.wireType) ? kind.read(reader, before) : before,
    write(writer, value): void {
      if (value === undefined) return;
      writer.tag(number, kind.wireType);
      kind.write(writer, value);
    },
  };
}

/** Makes a field whose default value is not written; of several records, the last one counts. */
export function field<Value>(number: number, kind: Scalar<Value>): Field<Value> {
  const { read, write } = optional(number, kind);
  return {
    number,
    zero: kind.zero,
    read: (reader, before) => read(reader, before) ?? before,
    write: (writer, value) => write(writer, kind.isZero(value) ? undefined : value),
  };
}

/** Makes a repeated field: up to `most` values, in their order. */
export function repeated<Value>(
  number: number,
  kind: ProtobufCodec<Value>,
  { most }: ElementLimit,
): Field<readonly Value[]> {
  const canPack = kind.wireType !== PROTOBUF_WIRE_LEN;
  const add = (reader: ProtobufReader, values: Value[]): void => {
    if (values.length >= most) reader.refuse('too-many-elements');
    else values.push(kind.read(reader));
  };
  return {
    number,
    zero: [],
    read(reader, before): Value[] {
      const values = before.length === 0 ? [] : (before as Value[]);
      // Encoding, "Packed Repeated Fields": readers take both forms.
      if (canPack && reader.wireType === PROTOBUF_WIRE_LEN) {
        const outer = reader.enter();
        while (reader.hasMore) add(reader, values);
        reader.leave(outer);
      } else if (reader.expect(kind.wireType)) add(reader, values);
      return values;
    },
    write(writer, values): void {
      if (values.length === 0) return;
      if (canPack) {
        writer.tag(number, PROTOBUF_WIRE_LEN);
        const start = writer.open();
        for (const value of values) kind.write(writer, value);
        writer.close(start);
        return;
      }
      for (const value of values) {
        writer.tag(number, PROTOBUF_WIRE_LEN);
        kind.write(writer, value);
      }
    },
  };
}

/** Makes a map field: up to `most` values by integers or texts; of several values with one key, the last one counts. */
export function map<Key extends number | string, Value>(
  number: number,
  key: Scalar<Key>,
  value: ProtobufCodec<Value>,
  { most }: ElementLimit,
): Field<ReadonlyMap<Key, Value>> {
  // Encoding, "Maps": an entry is a message. Both of its fields are written, even as defaults.
  const entry = message({ key: optional(1, key), value: optional(2, value) });
  return {
    number,
    zero: new Map(),
    read(reader, before): ReadonlyMap<Key, Value> {
      if (!reader.expect(PROTOBUF_WIRE_LEN)) return before;
      if (before.size >= most) reader.refuse('too-many-elements');
      const values = before.size === 0 ? new Map<Key, Value>() : (before as Map<Key, Value>);
      const read = entry.read(reader);
      return values.set(read.key ?? key.zero, read.value ?? value.zero);
    },
    write(writer, values): void {
      for (const [name, one] of [...values].sort(([left], [right]) => inOrder(left, right))) {
        writer.tag(number, PROTOBUF_WIRE_LEN);
        entry.write(writer, { key: name, value: one });
      }
    },
  };
}

/**
 * Makes the codec of messages with these fields.
 * @throws RangeError if two fields have the same number, or a number is out of its range.
 */
export function message<const Named extends Fields>(
  named: Named,
): ProtobufMessageCodec<ValuesOf<Named>> {
  type Value = ValuesOf<Named>;
  // Encoding, "Field Order": any order is valid; fields are written here in the order of their numbers.
  const rows = Object.entries(named).sort(([, left], [, right]) => left.number - right.number);
  const byNumber = new Map(rows.map((row) => [row[1].number, row]));
  const isGood = ({ number }: Field<unknown>): boolean =>
    Number.isInteger(number) && number > 0 && number <= FIELD_MAX;
  if (byNumber.size < rows.length || !rows.every(([, row]) => isGood(row))) {
    throw new RangeError(`numbers of fields: ${rows.map(([, { number }]) => number).join(', ')}`);
  }
  const zero = Object.fromEntries(rows.map(([name, row]) => [name, row.zero])) as Value;

  function readBody(reader: ProtobufReader, before: Value = { ...zero }): Value {
    // Encoding, "Last One Wins": the records of a message field are merged, so reading goes on with earlier values.
    const values = before as Record<string, unknown>;
    let unknown = 0;
    while (reader.hasMore) {
      reader.tag();
      const [name, row] = byNumber.get(reader.field) ?? [];
      if (name !== undefined) values[name] = row?.read(reader, values[name]);
      else if (unknown++ < UNKNOWN_MAX) reader.skip();
      else reader.refuse('too-many-unknown');
    }
    return before;
  }
  function writeBody(writer: ProtobufWriter, value: Value): void {
    for (const [name, row] of rows) row.write(writer, value[name]);
  }
  return {
    wireType: PROTOBUF_WIRE_LEN,
    zero,
    readBody,
    writeBody,
    read(reader, before): Value {
      const outer = reader.enter();
      const value = readBody(reader, before);
      reader.leave(outer);
      return value;
    },
    write(writer, value): void {
      const start = writer.open();
      writeBody(writer, value);
      writer.close(start);
    },
  };
}

/**
 * Makes the codec of a message that keeps its received bytes, to be passed on or verified unchanged. A message that is
 * split into several records has no such bytes and is refused.
 */
export function messageWithBytesCodec<Value>(
  inner: ProtobufMessageCodec<Value>,
): ProtobufCodec<MessageWithBytes<Value>> {
  return {
    wireType: PROTOBUF_WIRE_LEN,
    zero: { bytes: bytes.zero, message: inner.zero },
    read(reader, before): MessageWithBytes<Value> {
      if (before !== undefined) reader.refuse('kept-twice');
      const outer = reader.enter();
      const received = reader.bytes.subarray(reader.at, reader.end);
      const value = inner.readBody(reader);
      reader.leave(outer);
      return { bytes: received, message: value };
    },
    write: (writer, { bytes: received }) => writer.content(received),
  };
}

/**
 * Reads a message.
 * @param received The bytes, whose number the caller bounds; `bytes` fields of the message are views of them.
 * @returns the message, or why it is refused.
 */
export function decodeProtobuf<Value extends object>(
  table: ProtobufMessageCodec<Value>,
  received: Uint8Array,
): Value | ProtobufRefusal {
  const reader = new ProtobufReader(received);
  const value = table.readBody(reader);
  return reader.refusal ?? value;
}

/** The writer of all messages; it keeps its buffer from one message to the next. */
const WRITER = new ProtobufWriter();

/** Encodes a message as its canonical bytes; integers must be within their ranges. */
export function encodeProtobuf<Value>(
  table: ProtobufMessageCodec<Value>,
  value: Value,
): Uint8Array {
  // What a table writes never encodes another message, so that one buffer serves all.
  WRITER.clear();
  table.writeBody(WRITER, value);
  return WRITER.taken();
}

/**
 * Compares keys of maps; texts by their UTF-8 bytes, because JavaScript's own comparison by UTF-16
 * gives another order.
 */
function inOrder(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return compareBytes(encoder.encode(String(left)), encoder.encode(String(right)));
}
