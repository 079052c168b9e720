/**
 * Our own sine and cosine, from + - * / only, so that the bits are the same on every machine and
 * Node version (docs/spec/random-streams.md). The argument is reduced by multiples of pi/2 in three
 * parts (Cody and Waite 1980, "Software Manual for the Elementary Functions", chapter 8), and the
 * rest goes into the Taylor series.
 *
 * @module
 */

const TWO_OVER_PI = 0.6366197723675814;
/**
 * pi/2 as the sum of three parts; the first two have 33 bits, so that small multiples of them are
 * exact.
 */
const PART_1 = 1.5707963267341256;
const PART_2 = 6.077100506303966e-11;
const PART_3 = 2.0222662487959506e-21;
/** Largest argument; beyond it, the multiples of pi/2's parts are not exact. */
const ARGUMENT_MAX = 1e6;
const SINE_TERMS = 8;
const QUARTER_TURNS = 4;

/**
 * Sine, error below 3e-16 for arguments up to 1,000 and below 1e-15 up to the limit.
 *
 * @param x Radians, at most 1,000,000 either way.
 * @throws RangeError otherwise.
 * @example sine(0.5) // 0.479425538604203
 */
export function sine(x: number): number {
  return sineAfterQuarterTurns(x, 0);
}

/**
 * Cosine; see {@link sine}.
 *
 * @param x Radians, at most 1,000,000 either way.
 * @throws RangeError otherwise.
 * @example cosine(0.5) // 0.8775825618903728
 */
export function cosine(x: number): number {
  return sineAfterQuarterTurns(x, 1);
}

/** The sine of x plus a number of quarter turns. */
function sineAfterQuarterTurns(x: number, ahead: number): number {
  if (!(x >= -ARGUMENT_MAX && x <= ARGUMENT_MAX)) throw new RangeError(`sine of ${x}`);
  const turns = Math.round(x * TWO_OVER_PI);
  const rest = x - turns * PART_1 - turns * PART_2 - turns * PART_3;
  const place = (((turns + ahead) % QUARTER_TURNS) + QUARTER_TURNS) % QUARTER_TURNS;
  const value = place % 2 === 0 ? series(rest, 1) : series(rest, 0);
  return place < 2 ? value : -value;
}

/** The Taylor series of the sine (from the power 1) or cosine (from 0), for |x| <= pi/4. */
function series(x: number, first: 0 | 1): number {
  const square = x * x;
  let sum = 0;
  for (let term = SINE_TERMS; term >= 1; term -= 1) {
    const power = 2 * term + first;
    sum = (-square / (power * (power - 1))) * (1 + sum);
  }
  return first === 1 ? x + x * sum : 1 + sum;
}
