/**
 * A message with every kind of field, the same message in protobuf-es, an independent
 * implementation, and random values of both.
 *
 * @module
 */
import {
  create,
  createFileRegistry,
  type DescMessage,
  type MessageShape,
} from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  MessageOptionsSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import {
  field,
  type MessageOf,
  map,
  message,
  optional,
  repeated,
} from '../../../../nodes/_kit/protobuf.ts';
import type { Int64Words } from '../../../../nodes/_kit/protobuf-reader.ts';
import {
  bool,
  bytes,
  float,
  int32,
  int53,
  string,
  uint32,
  uint53,
  uint64,
} from '../../../../nodes/_kit/protobuf-scalars.ts';
import type { Draw } from '../../../fixtures/draws.ts';

/** The most elements of every repeated field and map. */
export const MOST = 8;
const most = { most: MOST };

export const ENTRY = message({
  isdAs: field(1, uint64),
  note: field(2, string),
  parts: repeated(3, bytes, most),
});
export type Entry = MessageOf<typeof ENTRY>;

/** In no order of numbers, as tables may be. */
export const SEGMENT = message({
  bandwidth: field(1000, uint53),
  nanosOrNone: optional(1001, int32),
  isdAs: field(1, uint64),
  timestamp: field(2, int53),
  segmentId: field(3, uint32),
  nanos: field(4, int32),
  isHidden: field(5, bool),
  latitude: field(6, float),
  address: field(7, string),
  mac: field(8, bytes),
  signed: optional(10, ENTRY),
  entries: repeated(11, ENTRY, most),
  mtus: repeated(12, uint32, most),
  ases: repeated(13, uint64, most),
  names: repeated(14, string, most),
  floats: repeated(15, float, most),
  intra: map(16, uint53, uint32, most),
  geo: map(17, uint53, ENTRY, most),
  services: map(18, string, bytes, most),
  types: map(19, int32, int32, most),
});
export type Segment = MessageOf<typeof SEGMENT>;

/** What a field of a descriptor is. */
export interface Row {
  readonly type: Type;
  readonly of?: string;
  readonly isRepeated?: boolean;
  readonly isOptional?: boolean;
}

/** A message of the package `test`, for protobuf-es. */
export function descriptor(
  name: string,
  rows: readonly (readonly [name: string, number: number, row: Row])[],
): DescriptorProto {
  const optionals = rows.filter(([, , { isOptional }]) => isOptional);
  return create(DescriptorProtoSchema, {
    name,
    oneofDecl: optionals.map(([field]) => ({ name: `_${field}` })),
    field: rows.map(([jsonName, number, { type, of, isRepeated, isOptional }]) => ({
      name: jsonName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      jsonName,
      number,
      type,
      label: isRepeated ? Label.REPEATED : Label.OPTIONAL,
      ...(of === undefined ? {} : { typeName: `.test.${of}` }),
      ...(isOptional ? { proto3Optional: true, oneofIndex: 0 } : {}),
    })),
  });
}

/** The entries of a map, nested in the message that has it. */
export function entryOf(name: string, key: Type, value: Row): DescriptorProto {
  const entry = descriptor(name, [
    ['key', 1, { type: key }],
    ['value', 2, value],
  ]);
  return { ...entry, options: create(MessageOptionsSchema, { mapEntry: true }) };
}

const inMap = (of: string): Row => ({ type: Type.MESSAGE, of: `Segment.${of}`, isRepeated: true });

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'test.proto',
    package: 'test',
    syntax: 'proto3',
    enumType: [
      {
        name: 'LinkType',
        value: ['UNSET', 'DIRECT', 'OPEN_NET'].map((name, number) => ({ name, number })),
      },
    ],
    messageType: [
      descriptor('Entry', [
        ['isdAs', 1, { type: Type.UINT64 }],
        ['note', 2, { type: Type.STRING }],
        ['parts', 3, { type: Type.BYTES, isRepeated: true }],
      ]),
      {
        ...descriptor('Segment', [
          ['isdAs', 1, { type: Type.UINT64 }],
          ['timestamp', 2, { type: Type.INT64 }],
          ['segmentId', 3, { type: Type.UINT32 }],
          ['nanos', 4, { type: Type.INT32 }],
          ['isHidden', 5, { type: Type.BOOL }],
          ['latitude', 6, { type: Type.FLOAT }],
          ['address', 7, { type: Type.STRING }],
          ['mac', 8, { type: Type.BYTES }],
          ['signed', 10, { type: Type.MESSAGE, of: 'Entry' }],
          ['entries', 11, { type: Type.MESSAGE, of: 'Entry', isRepeated: true }],
          ['mtus', 12, { type: Type.UINT32, isRepeated: true }],
          ['ases', 13, { type: Type.UINT64, isRepeated: true }],
          ['names', 14, { type: Type.STRING, isRepeated: true }],
          ['floats', 15, { type: Type.FLOAT, isRepeated: true }],
          ['intra', 16, inMap('IntraEntry')],
          ['geo', 17, inMap('GeoEntry')],
          ['services', 18, inMap('ServicesEntry')],
          ['types', 19, inMap('TypesEntry')],
          ['bandwidth', 1000, { type: Type.UINT64 }],
          ['nanosOrNone', 1001, { type: Type.INT32, isOptional: true }],
        ]),
        nestedType: [
          entryOf('IntraEntry', Type.UINT64, { type: Type.UINT32 }),
          entryOf('GeoEntry', Type.UINT64, { type: Type.MESSAGE, of: 'Entry' }),
          entryOf('ServicesEntry', Type.STRING, { type: Type.BYTES }),
          entryOf('TypesEntry', Type.INT32, { type: Type.ENUM, of: 'LinkType' }),
        ],
      },
    ],
  }),
  () => undefined,
);

/** {@link SEGMENT} in protobuf-es. */
export const ES_SEGMENT: DescMessage = registry.getMessage('test.Segment')!;

/** The same message for protobuf-es. */
export function toEs(segment: Segment): MessageShape<DescMessage> {
  const { isdAs, timestamp, signed, entries, ases, intra, geo, services, types } = segment;
  const init = {
    ...segment,
    isdAs: bigOf(isdAs),
    timestamp: BigInt(timestamp),
    bandwidth: BigInt(segment.bandwidth),
    signed: signed && entryToEs(signed),
    entries: entries.map(entryToEs),
    ases: ases.map(bigOf),
    intra: Object.fromEntries(intra),
    geo: Object.fromEntries([...geo].map(([key, entry]) => [key, entryToEs(entry)])),
    services: Object.fromEntries(services),
    types: Object.fromEntries(types),
  };
  return create(ES_SEGMENT, init);
}

function entryToEs(entry: Entry): MessageShape<DescMessage> {
  return create(registry.getMessage('test.Entry')!, { ...entry, isdAs: bigOf(entry.isdAs) });
}

function bigOf({ high, low }: Int64Words): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/**
 * A random message, fields often at their defaults. Keys of maps ascend, as protobuf-es writes them in
 * the order in which they come, except for small integers.
 */
export function randomSegment(draw: Draw): Segment {
  const list = <Value>(one: () => Value): Value[] =>
    Array.from({ length: draw(1 + draw(MOST + 1)) }, one);
  const rarely = <Value>(one: () => Value, otherwise: Value): Value =>
    draw(3) === 0 ? otherwise : one();
  const word = (): number => rarely(() => draw(0xffff_ffff) >>> draw(32), 0);
  const words = (): Int64Words => ({ high: word(), low: word() });
  const safe = (): number => (word() % 0x20_0000) * 0x1_0000_0000 + word();
  const octets = (): Uint8Array => new Uint8Array(list(() => draw(256)));
  const text = (): string => list(() => ['a', 'é', '€', '😀', '\uffee'][draw(5)]).join('');
  const single = (): number => Math.fround((draw(2_000_001) - 1_000_000) / (1 + draw(1000)));
  const entry = (): Entry => ({ isdAs: words(), note: text(), parts: list(octets) });
  const keyed = <Key extends number | string, Value>(
    key: () => Key,
    value: () => Value,
  ): ReadonlyMap<Key, Value> =>
    new Map([...new Set(list(key))].sort(byBytes).map((one) => [one, value()] as const));
  return {
    isdAs: words(),
    timestamp: rarely(() => (draw(2) === 0 ? -1 : 1) * safe(), 0) + 0,
    segmentId: word(),
    nanos: word() | 0,
    isHidden: draw(2) === 1,
    latitude: rarely(single, 0),
    address: rarely(text, ''),
    mac: rarely(octets, new Uint8Array(0)),
    signed: rarely<Entry | undefined>(entry, undefined),
    entries: list(entry),
    mtus: list(word),
    ases: list(words),
    names: list(text),
    floats: list(single),
    intra: keyed(safe, word),
    geo: keyed(word, entry),
    services: keyed(text, octets),
    types: keyed(
      () => word() >>> 1,
      () => draw(5),
    ),
    bandwidth: safe(),
    nanosOrNone: rarely<number | undefined>(() => word() | 0, undefined),
  };
}

function byBytes(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}
