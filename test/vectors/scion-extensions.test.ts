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
import { hasVectors, vectors } from '../vectors-root.ts';

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

const NUMBERS: Readonly<Record<string, number>> = { hbh: 200, e2e: 201 };

describe.runIf(hasVectors)('extensions.json', () => {
  if (!hasVectors) return;
  const file = vectors<ExtensionFile>('scion/extensions.json');
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
