/** The defective doubles of federations (doubles.slow.test.ts says what they prove). */
import { describe } from 'vitest';
import { isFederated, isTried, testDoubles } from './test-doubles.ts';

describe('defective doubles of federations', () => {
  testDoubles((row) => isFederated(row) && isTried(row));
});
