/**
 * Published text forms and encodings of SCION addresses (addresses.json, from the reference's
 * pkg/addr and pkg/slayers).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { formatHost, requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import {
  formatAs,
  parseAs,
  parseIsd,
  parseIsdAs,
  writeIsdAs,
} from '../../nodes/scion/wire/isd-as.ts';
import { vectorSets } from '../vectors-root.ts';

type Row<T> = readonly [text: string, value: T | null];
interface AddressFile {
  readonly isd: readonly Row<number>[];
  readonly as: readonly Row<number>[];
  readonly isdAs: readonly Row<string>[];
  readonly asText: readonly (readonly [number, string])[];
  readonly hostPack: readonly (readonly [string, number, string])[];
}

/** From `pkg/addr/isdas_test.go`, `pkg/addr/svc.go` and `pkg/slayers/scion_test.go` of scionproto/scion. */
const FIGURES: AddressFile = {
  isd: [
    ['65535', 65535],
    ['65536', null],
  ],
  as: [
    ['4294967295', 4294967295],
    [':0:0:', null],
    ['ffff:ffff:ffff', 281474976710655],
    ['0:10000:0', null],
  ],
  isdAs: [
    ['1--1', null],
    ['1-1:fcd1:1', '00010001fcd10001'],
    ['65535-ffff:ffff:ffff', 'ffffffffffffffff'],
  ],
  asText: [
    [4294967295, '4294967295'],
    [4294967296, '1:0:0'],
  ],
  hostPack: [
    ['::ffff:10.0.0.100', 0, '0a000064'],
    ['2001:db8::68', 3, '20010db8000000000000000000000068'],
    ['SVC DS_M', 4, '80010000'],
  ],
};

describe.each(vectorSets('scion/addresses.json', FIGURES))('addresses, $set', ({ file }) => {
  it.each(file.isd)('reads ISD "%s" as %s', (text, value) => {
    expect(parseIsd(text)).toBe(value ?? undefined);
  });

  it.each(file.as)('reads AS "%s" as %s', (text, value) => {
    expect(parseAs(text)).toBe(value ?? undefined);
  });

  it.each(file.isdAs)('R-080: reads ISD-AS "%s" as %s', (text, binary) => {
    const answer = parseIsdAs(text);
    if (answer.kind === 'refused') {
      expect(binary).toBeNull();
      expect(answer.reason).toMatch(/is not|is neither/);
      return;
    }
    const bytes = new Uint8Array(8);
    writeIsdAs(bytes, 0, answer.isdAs);
    expect(toHex(bytes)).toBe(binary);
  });

  it.each(file.asText)('prints AS %d as "%s"', (as, text) => {
    expect(formatAs(as)).toBe(text);
  });

  it.each(file.hostPack)('packs host "%s" with nibble %d', (text, nibble, hex) => {
    const packed = requireHostAddress(text);
    expect(packed.type).toBe(nibble);
    expect(toHex(packed.bytes)).toBe(hex);
    expect(requireHostAddress(formatHost(packed))).toEqual(packed);
  });
});
