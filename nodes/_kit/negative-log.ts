/**
 * The negative natural logarithm of a share, using + - * / only: the same bits on every machine and
 * Node version (fdlibm, e_log.c; docs/spec/random-streams.md). For draws that a protocol must be
 * able to repeat.
 *
 * Not for arbitrary numbers: zero, numbers above one and subnormal numbers are not supported.
 *
 * @module
 */

const BIAS = 1_023;
const HIGH_WORD_OF_ONE = 0x3ff0_0000;
/** High word of the significand of the square root of two. */
const ROOT_TWO_FRACTION = 0x6_a09e;
const FRACTION_MASK = 0xf_ffff;
/** ln 2 = LN2_HIGH + LN2_LOW; the product of the first with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/**
 * 2/3, 2/5, 2/7 …: log((1 + s) / (1 - s)) = 2s + s * R(s^2). With s^2 <= 0.0295 the first omitted
 * term is below 2^-57 of the result.
 */
const SERIES = [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17, 2 / 19, 2 / 21];

const view = new DataView(new ArrayBuffer(8));

/**
 * -ln `value`, to within 2 units in the last place.
 * @param value in 2^-1022 .. 1.
 * @returns 0 .. 708.4; NaN for any other number.
 * @example negativeLog(0.5) // 0.6931471805599453
 */
export function negativeLog(value: number): number {
  if (!(value >= 2.2250738585072014e-308 && value <= 1)) return Number.NaN;
  view.setFloat64(0, value);
  const high = view.getUint32(0);
  const fraction = high & FRACTION_MASK;
  // Scales the significand to sqrt(1/2) .. sqrt(2), where the series converges quickly.
  const isHalved = fraction > ROOT_TWO_FRACTION;
  const exponent = (high >>> 20) - BIAS + (isHalved ? 1 : 0);
  view.setUint32(0, fraction | (HIGH_WORD_OF_ONE - (isHalved ? 0x10_0000 : 0)));
  // 0 - x, not -x: the logarithm of one is zero without a sign.
  return 0 - logOf(view.getFloat64(0) - 1, exponent);
}

/** ln((1 + f) * 2^exponent), small terms summed before large ones. */
function logOf(f: number, exponent: number): number {
  const s = f / (2 + f);
  const square = s * s;
  const series = SERIES.reduceRight((sum, coefficient) => coefficient + square * sum, 0);
  const half = 0.5 * f * f;
  const correction = s * (half + square * series) + exponent * LN2_LOW;
  return exponent * LN2_HIGH - (half - correction - f);
}
