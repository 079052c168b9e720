/**
 * SCMP bodies, header lengths and the code table (scmp.json, from the reference's
 * pkg/slayers/scmp*.go).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { SCMP_ERROR_PACKET_BYTES_MAX } from '../../nodes/scion/geometry.ts';
import {
  DESTINATION_UNREACHABLE_CODES,
  decodeScmp,
  encodeScmp,
  PARAMETER_PROBLEM_CODES,
  SCMP_TYPES,
  scmpHeaderLength,
} from '../../nodes/scion/wire/scmp.ts';
import { value } from '../unit/nodes/scion/wire/value.ts';
import { vectorSets } from '../vectors-root.ts';

interface ScmpFile {
  readonly headerLength: Readonly<Record<string, number>>;
  readonly maxPacket: number;
  readonly codes: Readonly<Record<string, readonly number[]>>;
  readonly body: readonly (Readonly<Record<string, number | string>> & { type: number })[];
}

/** From `pkg/slayers/scmp_typecode.go` and `scmp_msg_test.go` of scionproto/scion. */
const FIGURES: ScmpFile = {
  headerLength: { default: 8, '5': 20, '6': 28, '130': 24, '131': 24 },
  maxPacket: 1232,
  codes: {
    '1': [0, 1, 2, 3, 4, 5, 6],
    '2': [0],
    '4': [0, 1, 16, 17, 18, 19, 20, 21, 32, 33, 34, 35, 48, 49, 50, 51, 52, 53, 64, 65, 66],
    '5': [0],
    '6': [0],
    '128': [0],
    '129': [0],
    '130': [0],
    '131': [0],
  },
  body: [
    { type: 5, isdAs: '1-ff00:0:111', ifId: 5, hex: '0001ff00000001110000000000000005' },
    { type: 4, pointer: 20, hex: '00000014' },
    { type: 128, identifier: 42, sequence: 100, hex: '002a0064' },
  ],
};

describe.each(vectorSets('scion/scmp.json', FIGURES))('SCMP, $set', ({ file }) => {
  it('has the listed header lengths', () => {
    for (const type of Object.values(SCMP_TYPES)) {
      const expected = file.headerLength[type] ?? file.headerLength['default'];
      expect(scmpHeaderLength(type)).toBe(expected);
    }
    expect(SCMP_ERROR_PACKET_BYTES_MAX).toBe(file.maxPacket);
  });

  it('has the listed types and codes', () => {
    const types = Object.values(SCMP_TYPES).map(String);
    expect(types.sort()).toEqual(Object.keys(file.codes).sort());
    expect(Object.values(DESTINATION_UNREACHABLE_CODES)).toEqual(file.codes['1']);
    expect(Object.values(PARAMETER_PROBLEM_CODES)).toEqual(file.codes['4']);
  });

  it.each(file.body)('type $type: $hex decodes and encodes', ({ type, hex, ...fields }) => {
    const bytes = fromHex(`${type.toString(16).padStart(2, '0')}000000${hex}`);
    const message = value(decodeScmp(bytes));
    expect(message).toMatchObject(fields);
    expect(toHex(encodeScmp(message))).toBe(toHex(bytes));
  });
});
