import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatHost,
  hostAddressLength,
  isIpv4Mapped,
  parseHost,
  requireHostAddress,
} from '../../../../../nodes/scion/wire/host-address.ts';
import {
  formatIsdAs,
  isdAsFileName,
  isdAsNumbers,
  isdAsWords,
  parseIsdAs,
  readIsdAs,
  requireIsdAs,
  writeIsdAs,
} from '../../../../../nodes/scion/wire/isd-as.ts';

describe('ISD-AS numbers', () => {
  it('are converted rightly after more of them than are kept', () => {
    for (let as = 0; as < 140_000; as += 1) {
      const text = formatIsdAs(as % 7, 0xff00_0000_0000 + as);
      if (as % 1_000 !== 0) continue;
      expect(isdAsNumbers(text)).toEqual({ isd: as % 7, as: 0xff00_0000_0000 + as });
      expect(isdAsNumbers(`${text.slice(0, 2)}${as}` as typeof text)).toEqual({ isd: as % 7, as });
    }
    expect(formatIsdAs(1, 0xff00_0000_0110)).toBe('1-ff00:0:110');
    expect(formatIsdAs(2, 0xff00_0000_0110)).toBe('2-ff00:0:110');
  });

  it('R-080: accepts the published form', () => {
    expect(parseIsdAs('1-ff00:0:110')).toEqual({ kind: 'isd-as', isdAs: '1-ff00:0:110' });
  });

  it.each([
    ['', 'not of the form'],
    ['1', 'not of the form'],
    ['1-ff00-110', 'not of the form'],
    ['1-ff00:0', 'AS "ff00:0"'],
    ['1-ff00:0:11000', 'AS "ff00:0:11000"'],
    ['1-ff00_0_110', 'AS "ff00_0_110"'],
    ['1-4294967296', 'below 2^32'],
    ['1- 110', 'AS " 110"'],
    ['70000-1', 'ISD "70000"'],
    ['x-1', 'ISD "x"'],
  ])('R-080: refuses "%s" and says why', (text, reason) => {
    const answer = parseIsdAs(text);
    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(() => requireIsdAs(text)).toThrow(RangeError);
  });

  it('has one text per number', () => {
    expect(requireIsdAs('1-FF00:0:110')).toBe('1-ff00:0:110');
    expect(requireIsdAs('1-0:0:1')).toBe('1-1');
  });

  it('keeps its value through text, bytes and words', () => {
    const isd = fc.integer({ min: 0, max: 0xffff });
    const as = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(isd, as, (isdNumber, asNumber) => {
        const text = formatIsdAs(isdNumber, asNumber);
        expect(requireIsdAs(text)).toBe(text);
        expect(isdAsNumbers(text)).toEqual({ isd: isdNumber, as: asNumber });
        const bytes = new Uint8Array(10);
        writeIsdAs(bytes, 1, text);
        expect(readIsdAs(bytes, 1)).toBe(text);
        const view = new DataView(bytes.buffer);
        expect(isdAsWords(text)).toEqual({ high: view.getUint32(1), low: view.getUint32(5) });
      }),
    );
  });

  it('is spelled with underscores in file names', () => {
    expect(isdAsFileName(requireIsdAs('1-ff00:0:110'))).toBe('1-ff00_0_110');
  });
});

describe('host addresses', () => {
  it.each([
    '127.0.0.1',
    '2001:db8::1',
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:0:0:2::3',
    'SVC CS',
    'SVC DS_M',
    'SVC None',
  ])('prints %s as it was written', (text) => {
    expect(formatHost(requireHostAddress(text))).toBe(text);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3.x',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    'SVC XX',
    'SVC toString',
  ])('refuses "%s"', (text) => {
    expect(parseHost(text)).toBeUndefined();
    expect(() => requireHostAddress(text)).toThrow(RangeError);
  });

  it('accepts a dotted tail and unmaps IPv4-mapped addresses', () => {
    expect(formatHost(requireHostAddress('64:ff9b::10.0.0.1'))).toBe('64:ff9b::a00:1');
    expect(formatHost(requireHostAddress('::ffff:10.0.0.1'))).toBe('10.0.0.1');
    expect(isIpv4Mapped(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4))).toBe(
      true,
    );
  });

  it('knows the length of types that nobody speaks', () => {
    const lengths = Array.from({ length: 16 }, (_, type) => hostAddressLength(type));
    expect(lengths).toEqual([4, 8, 12, 16, 4, 8, 12, 16, 4, 8, 12, 16, 4, 8, 12, 16]);
    expect(formatHost({ type: 5, bytes: new Uint8Array(8) })).toMatch(/^type 5 /);
    expect(formatHost({ type: 4, bytes: Uint8Array.of(0, 9, 0, 0) })).toBe('SVC 0x0009');
  });
});
