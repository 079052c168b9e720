/**
 * SCMP bodies, header lengths and the code table (scmp.json, from the reference's
 * pkg/slayers/scmp*.go).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { SCMP_PACKET_MAX } from '../../nodes/scion/geometry.ts';
import {
  decodeScmp,
  encodeScmp,
  PARAMETER_CODES,
  SCMP_TYPES,
  scmpHeaderLength,
  UNREACHABLE_CODES,
} from '../../nodes/scion/wire/scmp.ts';
import { value } from '../unit/nodes/scion/wire/value.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface ScmpFile {
  readonly headerLength: Readonly<Record<string, number>>;
  readonly maxPacket: number;
  readonly codes: Readonly<Record<string, readonly number[]>>;
  readonly body: readonly (Readonly<Record<string, number | string>> & { type: number })[];
}

describe.runIf(hasVectors)('scmp.json', () => {
  if (!hasVectors) return;
  const file = vectors<ScmpFile>('scion/scmp.json');

  it('has the listed header lengths', () => {
    for (const type of Object.values(SCMP_TYPES)) {
      const expected = file.headerLength[type] ?? file.headerLength['default'];
      expect(scmpHeaderLength(type)).toBe(expected);
    }
    expect(SCMP_PACKET_MAX).toBe(file.maxPacket);
  });

  it('has the listed types and codes', () => {
    const types = Object.values(SCMP_TYPES).map(String);
    expect(types.sort()).toEqual(Object.keys(file.codes).sort());
    expect(Object.values(UNREACHABLE_CODES)).toEqual(file.codes['1']);
    expect(Object.values(PARAMETER_CODES)).toEqual(file.codes['4']);
  });

  it.each(file.body)('type $type: $hex decodes and encodes', ({ type, hex, ...fields }) => {
    const bytes = fromHex(`${type.toString(16).padStart(2, '0')}000000${hex}`);
    const message = value(decodeScmp(bytes));
    expect(message).toMatchObject(fields);
    expect(toHex(encodeScmp(message))).toBe(toHex(bytes));
  });
});
