/** Virtual time: which delays are rejected, and with which message. @module */
import { describe, expect, it } from 'vitest';
import { assert, InvariantError } from '../../../../engine/core/assert.ts';
import {
  checkDelay,
  isValidDelay,
  NS_PER_HOUR,
  VIRTUAL_TIME_MAX_NS,
} from '../../../../engine/core/time.ts';

describe('virtual time', () => {
  it.each([
    ['NaN', Number.NaN],
    ['a negative number', -1],
    ['a fraction', 0.5],
    ['infinity', Number.POSITIVE_INFINITY],
    ['2^53', 2 ** 53],
  ])('refuses %s as a delay and names the caller', (_, delay) => {
    expect(() => checkDelay(0, delay, 'transmitter a->b')).toThrow(InvariantError);
    expect(() => checkDelay(0, delay, 'transmitter a->b')).toThrow(/^transmitter a->b: delay/);
  });

  it('allows the last instant of 104 days and refuses one nanosecond more', () => {
    const now = 104 * 24 * NS_PER_HOUR;
    expect(isValidDelay(now, VIRTUAL_TIME_MAX_NS - now)).toBe(true);
    expect(isValidDelay(now, VIRTUAL_TIME_MAX_NS - now + 1)).toBe(false);
    expect(() => checkDelay(now, VIRTUAL_TIME_MAX_NS - now + 1, 'x')).toThrow(/104 days/);
  });

  it('lets an assertion that holds pass and throws on one that does not', () => {
    expect(() => assert(true, 'never shown')).not.toThrow();
    expect(() => assert(Number.NaN, 'shown')).toThrow(new InvariantError('shown'));
  });
});
