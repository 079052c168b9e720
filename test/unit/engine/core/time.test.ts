/** Virtual time: which delays are rejected, and with which message. @module */
import { describe, expect, it } from 'vitest';
import { assert, InvariantError } from '../../../../engine/core/assert.ts';
import { checkDelay, isDelay, MAX_TIME, NS_PER_HOUR } from '../../../../engine/core/time.ts';

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
    expect(isDelay(now, MAX_TIME - now)).toBe(true);
    expect(isDelay(now, MAX_TIME - now + 1)).toBe(false);
    expect(() => checkDelay(now, MAX_TIME - now + 1, 'x')).toThrow(/104 days/);
  });

  it('lets an assertion that holds pass and throws on one that does not', () => {
    expect(() => assert(true, 'never shown')).not.toThrow();
    expect(() => assert(Number.NaN, 'shown')).toThrow(new InvariantError('shown'));
  });
});
