/** The rows of all defective doubles (of which doubles.slow.test.ts tries a third). */
import { describe } from 'vitest';
import { testDoubles } from './test-doubles.ts';

describe('defective doubles', () => {
  testDoubles(() => true);
});
