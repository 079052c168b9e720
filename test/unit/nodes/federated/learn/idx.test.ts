/** Files of bytes with dimensions, pictures and rows. */
import { describe, expect, it } from 'vitest';
import { readIdx } from '../../../../../nodes/federated/learn/idx.ts';
import {
  computeInputScaling,
  examplesOfPictures,
  examplesOfRows,
  scaleExamples,
} from '../../../../../nodes/federated/learn/tables.ts';

/** Two pictures of 1 x 3. */
const FILE = Uint8Array.from([
  0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 102, 0, 255,
]);

describe('idx files', () => {
  it('are read', () => {
    expect(readIdx(FILE)).toEqual({
      kind: 'array',
      sizes: [2, 1, 3],
      values: Uint8Array.of(0, 51, 255, 102, 0, 255),
    });
  });

  it('are refused at every shorter length', () => {
    for (let length = 0; length < FILE.length; length += 1) {
      const fault = length < 16 ? 'truncated' : 'wrong-length';
      expect(readIdx(FILE.subarray(0, length)), `${length}`).toEqual({ kind: 'fault', fault });
    }
  });

  it.each([
    [0, 1, 'not-idx'],
    [1, 1, 'not-idx'],
    [2, 9, 'not-bytes'],
    [3, 0, 'not-idx'],
    [3, 2, 'wrong-length'],
    [3, 200, 'truncated'],
    [4, 255, 'wrong-length'],
    [7, 1, 'wrong-length'],
  ])('with byte %i changed to %i are refused as %s', (at, value, fault) => {
    const bad = FILE.slice();
    bad[at] = value;
    expect(readIdx(bad)).toEqual({ kind: 'fault', fault });
  });
});

describe('pictures', () => {
  it('have values from 0 to 1', () => {
    const examples = examplesOfPictures(FILE.subarray(16), Uint8Array.of(9, 0), 10);
    expect(examples).toMatchObject({ inputs: 3, classes: 10, count: 2 });
    expect([...(examples?.features ?? [])].map((value) => Math.round(value * 5))).toEqual([
      0, 1, 5, 2, 0, 5,
    ]);
  });

  it('are refused where labels are missing or no class', () => {
    expect(examplesOfPictures(FILE.subarray(16), new Uint8Array(4), 10)).toBeUndefined();
    expect(examplesOfPictures(FILE.subarray(16), Uint8Array.of(10, 0), 10)).toBeUndefined();
  });
});

describe('rows', () => {
  const rows = [
    [1, 5],
    [3, 5],
    [5, 5],
  ];

  it('get classes in the order of their names', () => {
    const examples = examplesOfRows(rows, ['b', 'a', 'b']);
    expect(examples).toMatchObject({ inputs: 2, classes: 2, count: 3, classNames: ['a', 'b'] });
    expect(examples?.labels).toEqual(Uint8Array.of(1, 0, 1));
  });

  it('are refused where lengths differ', () => {
    expect(examplesOfRows([[1], [1, 2]], ['a', 'b'])).toBeUndefined();
    expect(examplesOfRows(rows, ['a'])).toBeUndefined();
  });

  it('are scaled to mean 0 and deviation 1; what never changes becomes 0', () => {
    const examples = examplesOfRows(rows, ['a', 'b', 'a']);
    if (examples === undefined) throw new Error('no examples');
    const { features } = scaleExamples(examples, computeInputScaling(examples));
    const side = Math.sqrt(3 / 2);
    expect([...features]).toEqual([-side, 0, 0, 0, side, 0].map(Math.fround));
  });
});
