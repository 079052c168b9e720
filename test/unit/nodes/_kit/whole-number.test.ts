import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { wholeNumberSchema } from '../../../../nodes/_kit/whole-number.ts';
import { explainIssues } from '../../../../topologies/files/zod-words.ts';

const schema = z.strictObject({
  clients: wholeNumberSchema('a number of clients such as 12', { min: 1, max: 10_000 }).default(3),
});

/** Code and message for a value that is refused. */
function told(clients: unknown): string {
  const result = schema.safeParse({ clients });
  if (result.success) return 'taken';
  const [mistake] = explainIssues(result.error, schema, { clients });
  return `${mistake?.code} ${mistake?.message}`;
}

describe('whole numbers of parameters', () => {
  it.each([
    [1, 1],
    [10_000, 10_000],
    ['12', 12],
    ['1_000', 1_000],
    [undefined, 3],
  ])('take %s', (written, value) => {
    expect(schema.parse({ clients: written })).toEqual({ clients: value });
  });

  it.each([
    [0, 'E104 0 is below the minimum 1'],
    [10_001, 'E104 10001 is above the maximum 10000'],
    ['10_001', 'E104 10_001 is above the maximum 10000'],
    [2.5, 'E104 2.5 is not a whole number'],
    [-1, 'E115 -1 is below the minimum 1'],
    [Number.NaN, 'E115 NaN is not a finite number, expected a number of clients such as 12'],
    [
      Number.POSITIVE_INFINITY,
      'E115 Infinity is not a finite number, expected a number of clients such as 12',
    ],
    ['abc', 'E103 "abc" is not a number of clients such as 12'],
    ['5s', 'E103 "5s" is not a number of clients such as 12'],
    [[1], 'E103 a list, expected a number of clients such as 12'],
    [true, 'E103 true, expected a number of clients such as 12'],
    [null, 'E121 empty, expected a number of clients such as 12'],
    ['', 'E121 empty, expected a number of clients such as 12'],
  ])('refuse %s in the words of the files', (written, words) => {
    expect(told(written)).toBe(words);
  });
});
