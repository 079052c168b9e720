/** Static metadata of AS entries: its bytes, and their bounds. */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../../nodes/_kit/bytes.ts';
import {
  decodeProtobuf,
  encodeProtobuf,
  field,
  message,
  optional,
} from '../../../../../nodes/_kit/protobuf.ts';
import { string } from '../../../../../nodes/_kit/protobuf-scalars.ts';
import { collectPathMetadata } from '../../../../../nodes/scion/paths/path-metadata.ts';
import type { AsEntry } from '../../../../../nodes/scion/paths/segment.ts';
import {
  makeExtensionsMessage,
  NO_PROPERTY_VALUES,
  readStaticInfo,
  SEGMENT_EXTENSIONS,
  type StaticInfo,
} from '../../../../../nodes/scion/paths/static-info.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

const INFO: StaticInfo = {
  latencyUs: { intra: new Map([[3, 2_000]]), inter: new Map([[1, 5_000]]) },
  bandwidthKbps: NO_PROPERTY_VALUES,
  carbon: { intra: new Map(), inter: new Map([[1, 780]]) },
  geo: new Map([[1, { latitude: 50.5, longitude: 8.25, address: '' }]]),
  linkTypes: new Map([[1, 3]]),
  internalHops: new Map([[3, 1]]),
  note: 'x',
};

/** Written by hand from seg_extensions.proto: a tag and a length for each message, ascending fields. */
const BYTES = [
  '0a38',
  ...['0a0e', '0a05080310d00f', '1205080110 8827'],
  ...['1a0e', '0801', '120a', '0d00004a42', '1500000441'],
  ...['2204', '08011003'],
  ...['2a04', '08031001'],
  ...['3201', '78'],
  ...['3a07', '1205', '0801108c06'],
]
  .join('')
  .replaceAll(' ', '');

function encode(info: StaticInfo): Uint8Array {
  return encodeProtobuf(SEGMENT_EXTENSIONS, makeExtensionsMessage(info, undefined)!);
}

function decode(bytes: Uint8Array): ReturnType<typeof readStaticInfo> {
  const read = decodeProtobuf(SEGMENT_EXTENSIONS, bytes);
  return typeof read === 'string' ? 'malformed' : readStaticInfo(read);
}

describe('static metadata of an entry', () => {
  it('has the bytes of the reference', () => {
    expect(toHex(encode(INFO))).toBe(BYTES);
  });

  it('R-226: is read as it was written, with carbon', () => {
    expect(decode(fromHex(BYTES))).toEqual(INFO);
  });

  it('R-226: is read by others that know no carbon', () => {
    const others = message({ staticInfo: optional(1, message({ note: field(6, string) })) });
    expect(decodeProtobuf(others, fromHex(BYTES))).toEqual({ staticInfo: { note: 'x' } });
  });

  it('is absent if nothing is announced', () => {
    const nothing = {
      ...{
        latencyUs: NO_PROPERTY_VALUES,
        bandwidthKbps: NO_PROPERTY_VALUES,
        carbon: NO_PROPERTY_VALUES,
      },
      ...{ geo: new Map(), linkTypes: new Map(), internalHops: new Map(), note: '' },
    };
    expect(makeExtensionsMessage(nothing, undefined)).toBeUndefined();
    expect(decode(new Uint8Array(0))).toBeUndefined();
  });

  it.each([
    ['an interface that no AS can have', { linkTypes: new Map([[65_536, 1]]) }],
    ['a place beyond a pole', { geo: new Map([[1, place(91, 0)]]) }],
    ['a place that is no number', { geo: new Map([[1, place(Number.NaN, 0)]]) }],
    ['a place around the world', { geo: new Map([[1, place(0, -181)]]) }],
    ['a long address', { geo: new Map([[1, { ...place(0, 0), address: 'a'.repeat(1_025) }]]) }],
    ['a long note', { note: 'n'.repeat(1_025) }],
    [
      'more interfaces than any AS has',
      { internalHops: new Map(Array.from({ length: 1_025 }, (_, ifId) => [ifId, 1])) },
    ],
  ])('is refused with %s', (_, change) => {
    expect(decode(encode({ ...INFO, ...change }))).toBe('malformed');
  });

  it('is refused wherever it is cut off inside a field', () => {
    const whole = fromHex(BYTES);
    for (let length = 1; length < whole.length; length += 1) {
      expect(decode(whole.subarray(0, length)), `${length} bytes`).toBe('malformed');
    }
  });
});

describe('the notes of a path', () => {
  it('were longer than any reader takes when an AS said something else in each segment', () => {
    const isdAs = requireIsdAs('1-ff00:0:111');
    const entries = ['a', 'b', 'c'].map((letter) => ({
      ...{ isdAs, hop: { consEgress: 0 }, staticInfo: { ...INFO, note: letter.repeat(1_024) } },
    }));
    const found = collectPathMetadata(
      [1, 2].map((ifId) => ({ isdAs, ifId })),
      entries as unknown as readonly AsEntry[],
    );
    expect(found?.notes).toEqual(['a'.repeat(1_024), 'a'.repeat(1_024)]);
  });
});

function place(
  latitude: number,
  longitude: number,
): { latitude: number; longitude: number; address: string } {
  return { latitude, longitude, address: '' };
}
