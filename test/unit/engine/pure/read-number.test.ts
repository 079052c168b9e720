import { describe, expect, it } from 'vitest';
import { readNumber } from '../../../../engine/pure/read-number.ts';

describe('plain numbers', () => {
  it('are read with _ between digits, and refused with it elsewhere', () => {
    expect(readNumber('1_000_000')).toBe(1_000_000);
    expect(readNumber('-2.5')).toBe(-2.5);
    expect(readNumber('1e3')).toBe(1_000);
    for (const text of ['1_', '_1', '1__0', '', 'abc', '5x']) {
      expect(readNumber(text), text).toBeUndefined();
    }
  });
});
