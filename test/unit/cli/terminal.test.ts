import { expect, it } from 'vitest';
import { widthOf } from '../../../cli/terminal.ts';

it('a terminal that says 0 columns got empty lines of progress: it gets 80', () => {
  expect(widthOf({ columns: 0 })).toBe(80);
  expect(widthOf({})).toBe(80);
  expect(widthOf({ columns: 20 })).toBe(40);
  expect(widthOf({ columns: 132 })).toBe(132);
});
