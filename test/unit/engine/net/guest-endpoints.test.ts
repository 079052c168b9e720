/**
 * Guests of an endpoint table: their number is limited, silent ones are removed, and numbers are
 * never reassigned.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { GuestEndpoints } from '../../../../engine/net/guest-endpoints.ts';

const LIMIT = 4;

function book(span = 1_000): GuestEndpoints {
  return new GuestEndpoints({ first: 100, span, limit: LIMIT });
}

it('knows a guest by one number while it is heard', () => {
  const guests = book();
  const number = guests.meet('127.0.0.9', 5);
  expect(guests.meet('127.0.0.9', 5)).toBe(number);
  expect(guests.meet('127.0.0.9', 6)).not.toBe(number);
  expect(guests.pairOf(number)).toEqual({ address: '127.0.0.9', port: 5 });
});

it('forgets one who was silent, and nobody who was heard again', () => {
  const guests = book();
  const numbers = [1, 2, 3, 4].map((port) => guests.meet('127.0.0.9', port));
  guests.meet('127.0.0.9', 1);
  guests.meet('127.0.0.9', 5);
  expect(guests.size).toBe(LIMIT);
  const known = numbers.map((number) => guests.pairOf(number)?.port);
  expect(known).toEqual([1, undefined, 3, 4]);
});

it('gives a number to somebody else only after all others', () => {
  const guests = book(10);
  const first = guests.meet('127.0.0.9', 0);
  const later = Array.from({ length: 9 }, (_, at) => guests.meet('127.0.0.9', at + 1));
  expect(later).not.toContain(first);
  expect(guests.meet('127.0.0.9', 10)).toBe(first);
});

it('never gives away the number of a guest that is still heard', () => {
  const guests = book(6);
  const kept = guests.meet('127.0.0.8', 1);
  for (let port = 0; port < 50; port += 1) {
    expect(guests.meet('127.0.0.9', port)).not.toBe(kept);
    expect(guests.meet('127.0.0.8', 1)).toBe(kept);
  }
});

it('keeps those who are held, however many others come, and no longer', () => {
  const guests = book();
  const held = [1, 2].map((port) => guests.meet('127.0.0.8', port));
  for (const number of [...held, ...held]) guests.hold(number);
  for (let port = 0; port < 50; port += 1) guests.meet('127.0.0.9', port);
  expect(held.map((number) => guests.pairOf(number)?.port)).toEqual([1, 2]);
  expect(guests.size).toBe(LIMIT);
  for (const number of held) guests.letGo(number);
  for (let port = 50; port < 99; port += 1) guests.meet('127.0.0.9', port);
  expect(held.map((number) => guests.pairOf(number)?.port)).toEqual([1, 2]);
  for (const number of held) guests.letGo(number);
  for (let port = 0; port < 50; port += 1) guests.meet('127.0.0.9', port);
  expect(held.map((number) => guests.pairOf(number))).toEqual([undefined, undefined]);
});
