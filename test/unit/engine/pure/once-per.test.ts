import { expect, it } from 'vitest';
import { indexByName, memoisePerObject } from '../../../../engine/pure/once-per.ts';

it('makes a value once for each object, however equal they are', () => {
  let made = 0;
  const lengthOf = memoisePerObject((words: readonly string[]) => {
    made += 1;
    return { length: words.length };
  });
  const [one, other] = [['a'], ['a']];
  expect(lengthOf(one)).toBe(lengthOf(one));
  expect(lengthOf(other)).toEqual({ length: 1 });
  expect(made).toBe(2);
});

it('finds by name in lists of different kinds', () => {
  const hosts = [
    { name: 'a', address: '127.0.0.1' },
    { name: 'b', address: '127.0.0.2' },
  ];
  expect(indexByName(hosts).get('b')?.address).toBe('127.0.0.2');
  expect(indexByName([{ name: 'b', rate: 1 }]).get('b')).toEqual({ name: 'b', rate: 1 });
  expect(indexByName(hosts).get('c')).toBeUndefined();
});
