/** @module */
import { describe, expect, it } from 'vitest';
import { secondAttemptsText } from '../../../tools/second-attempts.ts';

describe('tests that were tried again', () => {
  it('says nothing when everything passed at once', () => {
    expect(secondAttemptsText([])).toBe('');
  });

  it('names each, with what went wrong at first', () => {
    const one = { where: 'test/a.test.ts', title: 'a > b', why: 'expected 1 to be 2' };
    expect(secondAttemptsText([one])).toBe(
      '\n1 test passed at the second attempt only:\n  test/a.test.ts > a > b\n      expected 1 to be 2\n',
    );
    expect(secondAttemptsText([one, one])).toMatch(/^\n2 tests passed/);
  });
});
