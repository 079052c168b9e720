/** Updates as they travel when nobody hides them. */
import { describe, expect, it } from 'vitest';
import type { CompressionOptions } from '../../../../../nodes/federated/compression/options.ts';
import {
  makeUpdateMessage,
  readUpdateMessage,
} from '../../../../../nodes/federated/compression/plain-form.ts';
import { encodeFederatedMessage } from '../../../../../nodes/federated/wire.ts';

const session = new Uint8Array(32).fill(1);
const ring = (...values: number[]): Uint32Array => Uint32Array.from(values);

const FORMS: readonly (readonly [CompressionOptions, Uint32Array])[] = [
  ['none', ring(0, -1, 5, 2 ** 31)],
  [{ bits: 4 }, ring(0, -7, 7, 1, -1)],
  [{ bits: 24 }, ring(2 ** 23 - 1, -(2 ** 23) + 1, 0)],
  [{ topK: 0.5 }, ring(0, 0, -3, 0, 2 ** 31, 0, 9)],
  [{ threshold: 1 }, ring(0, 0, 0)],
  [{ threshold: 1 }, ring(4)],
  [{ randomK: 0.5 }, ring(1, -1)],
  [{ sketch: { rows: 1, columns: 2 } }, ring(1, -1)],
];

describe('an update', () => {
  it.each(FORMS)('%j comes back', (compression, vector) => {
    const message = makeUpdateMessage({ compression }, session, vector);
    expect(readUpdateMessage(message, { compression }, vector.length)).toEqual(vector);
  });

  it.each(FORMS)(
    '%j is not read with other options, nor with another length',
    (compression, vector) => {
      const message = makeUpdateMessage({ compression }, session, vector);
      for (const [other] of FORMS) {
        const isSame =
          makeUpdateMessage({ compression: other }, session, vector).kind === message.kind;
        if (!isSame)
          expect(readUpdateMessage(message, { compression: other }, vector.length)).toBeUndefined();
      }
      // A whole one is left to the machine of the sum, which knows its length.
      if (message.kind === 'packed') {
        expect(readUpdateMessage(message, { compression }, vector.length + 8)).toBeUndefined();
      }
    },
  );

  it('has the bytes that its form says', () => {
    const bytes = (compression: CompressionOptions, vector: Uint32Array): number =>
      encodeFederatedMessage(makeUpdateMessage({ compression }, session, vector)).length;
    const many = Uint32Array.from({ length: 1_000 }, (_, at) => (at % 10 === 0 ? 1 : 0));
    expect(bytes('none', many)).toBe(39 + 4_000);
    expect(bytes({ bits: 4 }, many)).toBe(39 + 500);
    // 100 places of 10 bits, and as many values.
    expect(bytes({ topK: 0.1 }, many)).toBe(36 + 2 + 125 + 3 + 400);
  });
});

describe('a liar', () => {
  const compression = { topK: 0.5 };
  const message = (
    places: number[],
    values: number[],
  ): Parameters<typeof readUpdateMessage>[0] => ({
    kind: 'sparse',
    session,
    places: Uint8Array.from(places),
    values: Uint8Array.from(values.flatMap((value) => [value, 0, 0, 0])),
  });

  it.each([
    ['a place twice', [0x11], [1, 1]],
    ['places that descend', [0x12], [1, 1]],
    // Nine elements have places of four bits.
    ['a place beyond the end', [0x09], [1]],
    ['more places than values', [0x21, 0x43], [1]],
    ['a place with a tail', [0x11], [1]],
  ])('is not read: %s', (_, places, values) => {
    expect(readUpdateMessage(message(places, values), { compression }, 9)).toBeUndefined();
  });

  it('is not read: values of three bytes', () => {
    const cut = {
      kind: 'sparse',
      session,
      places: Uint8Array.of(1),
      values: new Uint8Array(7),
    } as const;
    expect(readUpdateMessage(cut, { compression }, 9)).toBeUndefined();
  });

  it('is read without a lie', () => {
    expect(readUpdateMessage(message([0x81], [5, 6]), { compression }, 9)).toEqual(
      ring(0, 5, 0, 0, 0, 0, 0, 0, 6),
    );
  });
});
