/**
 * Extension headers: alignment, padding and order (extensions.json, from the reference's
 * pkg/slayers).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { PROTOCOL_UDP } from '../../nodes/scion/geometry.ts';
import {
  type AlignedOption,
  decodeExtension,
  encodeExtension,
  skipExtensions,
} from '../../nodes/scion/wire/extension.ts';
import { value } from '../unit/nodes/scion/wire/value.ts';
import { vectorSets } from '../vectors-root.ts';

interface OptionVector {
  readonly type: number;
  readonly data: string;
  readonly align: readonly [number, number];
}
interface ExtensionFile {
  readonly optionX: OptionVector;
  readonly optionY: OptionVector;
  readonly serialize: readonly {
    readonly order: string;
    readonly hbhHex?: string;
    readonly e2eHex?: string;
    readonly extLen: number;
    readonly decodedTypes: readonly number[];
  }[];
  readonly finalPadding: readonly (readonly [number, string])[];
  readonly order: readonly { readonly headers: readonly string[]; readonly ok: boolean }[];
}

/** From `pkg/slayers/extn_test.go` of scionproto/scion. */
const FIGURES: ExtensionFile = {
  optionX: { type: 30, data: 'aaaaaaaabbbbbbbbbbbbbbbb', align: [8, 2] },
  optionY: { type: 62, data: '11222244444444', align: [4, 3] },
  serialize: [
    {
      order: 'XY',
      hbhHex: '11061e0caaaaaaaabbbbbbbbbbbbbbbb0101003e0711222244444444',
      extLen: 6,
      decodedTypes: [30, 1, 62],
    },
  ],
  finalPadding: [
    [1, '7601ff010100'],
    [2, '7602ffff0100'],
  ],
  order: [
    { headers: ['hbh', 'e2e'], ok: true },
    { headers: ['e2e', 'hbh'], ok: false },
  ],
};

const NUMBERS: Readonly<Record<string, number>> = { hbh: 200, e2e: 201 };

describe.each(vectorSets('scion/extensions.json', FIGURES))('extensions, $set', ({ file }) => {
  const option = ({ type, data, align }: OptionVector): AlignedOption => {
    return { type, data: fromHex(data), alignment: align };
  };

  it.each(file.serialize)('aligns the options in order $order', (testCase) => {
    const x = option(file.optionX);
    const y = option(file.optionY);
    const bytes = encodeExtension(PROTOCOL_UDP, testCase.order === 'XY' ? [x, y] : [y, x]);
    const hex = testCase.hbhHex ?? testCase.e2eHex;
    expect(toHex(bytes)).toBe(hex);
    const decoded = value(decodeExtension(bytes));
    expect(decoded.length).toBe(4 * (testCase.extLen + 1));
    expect(decoded.options.map(({ type }) => type)).toEqual(testCase.decodedTypes);
  });

  it.each(file.finalPadding)('pads %d bytes of data to a line', (length, hex) => {
    const data = new Uint8Array(length).fill(0xff);
    const bytes = encodeExtension(PROTOCOL_UDP, [{ type: 0x76, data }]);
    expect(toHex(bytes.subarray(2))).toBe(hex);
  });

  it.each(file.order)('order $headers is accepted: $ok', ({ headers, ok }) => {
    const numbers = headers.map((name) => NUMBERS[name] as number);
    const payload = numbers.flatMap((_, index) => [
      ...encodeExtension(numbers[index + 1] ?? PROTOCOL_UDP, []),
    ]);
    const skipped = skipExtensions(Uint8Array.from(payload), numbers[0] as number);
    expect(skipped).toEqual(
      ok ? { upperProtocol: PROTOCOL_UDP, upperOffset: payload.length } : 'extension-malformed',
    );
  });
});
