/** The rows of defective doubles that take long, all of them (doubles.slow.test.ts tries a sixth). */
import { describe } from 'vitest';
import { testDoubles } from './test-doubles.ts';

describe('defective doubles that take long', () => {
  testDoubles(({ isLong }) => isLong === true);
});
