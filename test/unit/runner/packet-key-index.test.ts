/**
 * Lost datagrams are identified by their keys, however many were sent after them.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { PacketKeyIndex } from '../../../runner/accounts/packet-key-index.ts';

const UPPER = 2 ** 27;

it('finds the message of a key while others follow, and of those that are not settled for ever', () => {
  const ring = new PacketKeyIndex((message) => message % 100 !== 7);
  for (let key = 0; key < 50_000; key += 1) ring.note(key, key);
  expect(ring.find(49_999)).toBe(49_999);
  expect(ring.find(49_999 - 8_191)).toBe(49_999 - 8_191);
  expect(ring.find(107)).toBe(107);
  expect(ring.find(108)).toBeUndefined();
  expect(ring.find(50_000)).toBeUndefined();
});

it('keeps keys apart that differ in their upper bits alone', () => {
  const ring = new PacketKeyIndex(() => true);
  ring.note(5, 1);
  ring.note(UPPER + 5, 2);
  ring.note(2 ** 52 + 5, 3);
  expect([ring.find(5), ring.find(UPPER + 5), ring.find(2 ** 52 + 5)]).toEqual([1, 2, 3]);
  expect(ring.find(2 * UPPER + 5)).toBeUndefined();
});
