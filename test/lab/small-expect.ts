/**
 * As much of vitest's `expect` as the cases of cryptography use, for a browser: a matcher that does not hold throws.
 *
 * @module
 */

interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toBeDefined(): void;
  toBeUndefined(): void;
  toBeGreaterThan(least: number): void;
  toBeLessThan(most: number): void;
  toHaveLength(length: number): void;
  toThrow(error?: unknown): void;
}

/** Matchers about a value; `not` turns them round. */
export function expect(actual: unknown, about = ''): Matchers & { readonly not: Matchers } {
  return { ...matchers(actual, about, true), not: matchers(actual, about, false) };
}

function matchers(actual: unknown, about: string, isWanted: boolean): Matchers {
  const check = (holds: boolean, what: string): void => {
    if (holds !== isWanted) throw new Error(`${about} ${shown(actual)} ${what}`);
  };
  return {
    toBe: (expected) => check(Object.is(actual, expected), `is not ${shown(expected)}`),
    toEqual: (expected) => check(shown(actual) === shown(expected), `is not ${shown(expected)}`),
    toBeDefined: () => check(actual !== undefined, 'is undefined'),
    toBeUndefined: () => check(actual === undefined, 'is defined'),
    toBeGreaterThan: (least) => check((actual as number) > least, `is not above ${least}`),
    toBeLessThan: (most) => check((actual as number) < most, `is not below ${most}`),
    toHaveLength: (length) =>
      check((actual as ArrayLike<unknown>).length === length, `has not ${length} parts`),
    toThrow: (error) => check(throws(actual as () => unknown, error), 'throws no such error'),
  };
}

function throws(call: () => unknown, error: unknown): boolean {
  try {
    call();
    return false;
  } catch (thrown) {
    if (typeof error === 'string') return String(thrown).includes(error);
    if (error instanceof RegExp) return error.test(String(thrown));
    return typeof error !== 'function' || thrown instanceof error;
  }
}

/** A value as text; equal values have equal texts. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'bigint') return `${one}n`;
    if (one === undefined) return 'undefined';
    return ArrayBuffer.isView(one) ? [...(one as Uint8Array)].join(' ') : one;
  });
}
