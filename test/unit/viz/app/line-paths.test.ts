/** Lines and bands of charts. @module */
import { expect, it } from 'vitest';
import { bandPath, linePath } from '../../../../viz/app/chart/line-paths.ts';

it('a line passes its points and breaks where there is none', () => {
  expect(linePath([[0, 1.26], [2, 3], null, null, [4, 5]])).toBe('M0,1.3L2,3M4,5');
  expect(linePath([null])).toBe('');
});

it('a band goes along its upper edge and back along the lower one', () => {
  expect(bandPath([[0, 1, 9], [2, 3, 8], null, [4, 5.04, 6]])).toBe('M0,9L2,8L2,3L0,1ZM4,6L4,5Z');
});
