/**
 * Published text forms and encodings of SCION addresses (addresses.json, from the reference's
 * pkg/addr and pkg/slayers).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { formatHost, host } from '../../nodes/scion/wire/host-address.ts';
import {
  formatAs,
  parseAs,
  parseIsd,
  parseIsdAs,
  writeIsdAs,
} from '../../nodes/scion/wire/isd-as.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

type Row<T> = readonly [text: string, value: T | null];
interface AddressFile {
  readonly isd: readonly Row<number>[];
  readonly as: readonly Row<number>[];
  readonly isdAs: readonly Row<string>[];
  readonly asText: readonly (readonly [number, string])[];
  readonly hostPack: readonly (readonly [string, number, string])[];
}

describe.runIf(hasVectors)('addresses.json', () => {
  const file = hasVectors
    ? vectors<AddressFile>('scion/addresses.json')
    : { isd: [], as: [], isdAs: [], asText: [], hostPack: [] };

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
    const packed = host(text);
    expect(packed.type).toBe(nibble);
    expect(toHex(packed.bytes)).toBe(hex);
    expect(host(formatHost(packed))).toEqual(packed);
  });
});
