/**
 * Whole things in a share of them, exact: 0.29 of 100 is 29, though 0.29 * 100 is 28.999999999999996.
 *
 * @module
 */

/**
 * The largest whole number that is no more than `share` of `count`.
 * @param share Taken as the decimal number that it is written as, 0..1.
 * @param count Whole number >= 0.
 */
export function floorOfShare(share: number, count: number): number {
  const [mantissa = '', exponent = '0'] = share.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const places = digits.length - 1 - Number(exponent);
  return Number((BigInt(digits) * BigInt(count)) / 10n ** BigInt(Math.max(0, places)));
}
