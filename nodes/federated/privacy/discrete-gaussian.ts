/**
 * Exact samplers of the discrete Gaussian and the discrete Laplace distribution (Canonne, Kamath,
 * Steinke 2020, arXiv 2004.00010, algorithms 1 to 3): whole numbers only, no rounding anywhere.
 *
 * P(x) is proportional to exp(-x^2 / (2 s)) over the whole numbers. There are two implementations,
 * in numbers and in BigInt, which use the same random draws and return the same values; numbers are
 * used as long as every product is exact. The time of a draw depends on its value.
 *
 * @module
 */
import { type Fraction, fraction } from '../../../engine/pure/fraction.ts';
import type { UniformSource } from './uniform-source.ts';

const ONE = fraction(1n);
const EXACT_MAX = Number.MAX_SAFE_INTEGER;
/** Largest integer whose square is an exact number. */
const EXACT_ROOT_MAX = 94_906_265;

/** Draws from a discrete Gaussian with a fixed parameter. */
export class DiscreteGaussianSampler {
  readonly #variance: Fraction;
  /** Scale of the discrete Laplace distribution that candidates come from: floor(sigma) + 1. */
  readonly #scale: bigint;
  readonly #plain: PlainGaussian | undefined;

  /**
   * @param variance The parameter s; the variance itself is a little less (0.215 for 1/4, 1 - 2e-7
   * for 1). With 0, all draws are 0.
   */
  constructor(variance: Fraction) {
    this.#variance = variance;
    this.#scale = squareRoot(variance.numerator / variance.denominator) + 1n;
    this.#plain = plainGaussian(variance, this.#scale);
  }

  /** One draw; the smallest and largest results are safe integers for all practical purposes. */
  draw(uniform: UniformSource): number {
    if (this.#variance.numerator === 0n) return 0;
    return this.#plain === undefined
      ? Number(this.drawBig(uniform))
      : drawPlain(uniform, this.#plain);
  }

  /** Draws the same value as {@link draw}, in BigInt. */
  drawBig(uniform: UniformSource): bigint {
    const { numerator, denominator } = this.#variance;
    const scale = this.#scale;
    if (numerator === 0n) return 0n;
    for (;;) {
      const candidate = drawDiscreteLaplace(uniform, fraction(scale));
      const size = candidate < 0n ? -candidate : candidate;
      const offset = size * denominator * scale - numerator;
      const bias = fraction(offset * offset, 2n * numerator * denominator * scale * scale);
      if (drawBernoulliExp(uniform, bias)) return candidate;
    }
  }
}

/**
 * A draw from the discrete Laplace distribution, P proportional to exp(-|x| / scale).
 * @param scale Above 0.
 */
export function drawDiscreteLaplace(uniform: UniformSource, scale: Fraction): bigint {
  const inverse = { numerator: scale.denominator, denominator: scale.numerator };
  for (;;) {
    const isNegative = uniform.belowBig(2n) < 1n;
    const size = geometricBig(uniform, inverse);
    if (isNegative && size === 0n) continue;
    return isNegative ? -size : size;
  }
}

/**
 * True with probability exp(-x).
 * @param x At least 0.
 */
export function drawBernoulliExp(uniform: UniformSource, x: Fraction): boolean {
  let { numerator } = x;
  const { denominator } = x;
  while (numerator > denominator) {
    if (!bernoulliExpOneBig(uniform, ONE)) return false;
    numerator -= denominator;
  }
  return bernoulliExpOneBig(uniform, { numerator, denominator });
}

/** True with probability exp(-x), for x of at most 1. */
function bernoulliExpOneBig(uniform: UniformSource, x: Fraction): boolean {
  for (let k = 1n; ; k += 1n) {
    const chance = fraction(x.numerator, x.denominator * k);
    if (uniform.belowBig(chance.denominator) >= chance.numerator) return k % 2n === 1n;
  }
}

/** Draws k >= 0 with P(k) proportional to exp(-x k); x above 0. */
function geometricBig(uniform: UniformSource, { numerator, denominator }: Fraction): bigint {
  const drawn = (): bigint => uniform.belowBig(denominator);
  let rest = drawn();
  while (!drawBernoulliExp(uniform, fraction(rest, denominator))) rest = drawn();
  let whole = 0n;
  while (bernoulliExpOneBig(uniform, ONE)) whole += 1n;
  return (whole * denominator + rest) / numerator;
}

/** Parameters of the implementation in numbers. */
interface PlainGaussian {
  readonly over: number;
  readonly scale: number;
  /** Factor by which a candidate is multiplied before `over` is subtracted. */
  readonly factor: number;
  /** Denominator of the bias, the probability's exponent. */
  readonly biasUnder: number;
}

function plainGaussian(variance: Fraction, scale: bigint): PlainGaussian | undefined {
  const { numerator, denominator } = variance;
  const biasUnder = 2n * numerator * denominator * scale * scale;
  if (biasUnder > BigInt(EXACT_MAX)) return undefined;
  return {
    over: Number(numerator),
    scale: Number(scale),
    factor: Number(denominator * scale),
    biasUnder: Number(biasUnder),
  };
}

// hot: 0.5 us per coordinate and client.
function drawPlain(uniform: UniformSource, gaussian: PlainGaussian): number {
  const { over, scale, factor, biasUnder } = gaussian;
  for (;;) {
    const candidate = laplacePlain(uniform, scale);
    const offset = Math.abs(Math.abs(candidate) * factor - over);
    if (offset > EXACT_ROOT_MAX) {
      const bias = fraction(BigInt(offset) * BigInt(offset), BigInt(biasUnder));
      if (drawBernoulliExp(uniform, bias)) return candidate;
      continue;
    }
    const square = offset * offset;
    const common = gcdPlain(square, biasUnder);
    if (bernoulliExpPlain(uniform, square / common, biasUnder / common)) return candidate;
  }
}

/** {@link drawDiscreteLaplace} for a whole scale. */
function laplacePlain(uniform: UniformSource, scale: number): number {
  for (;;) {
    const isNegative = uniform.below(2) < 1;
    const size = geometricPlain(uniform, scale);
    if (isNegative && size === 0) continue;
    return isNegative ? -size : size;
  }
}

/** Draws k >= 0 with P(k) proportional to exp(-k / scale). */
function geometricPlain(uniform: UniformSource, scale: number): number {
  let rest = uniform.below(scale);
  for (;;) {
    const common = gcdPlain(rest, scale);
    if (bernoulliExpPlain(uniform, rest / common, scale / common)) break;
    rest = uniform.below(scale);
  }
  let whole = 0;
  while (bernoulliExpOnePlain(uniform, 1, 1)) whole += 1;
  return whole * scale + rest;
}

function bernoulliExpPlain(uniform: UniformSource, over: number, under: number): boolean {
  let rest = over;
  while (rest > under) {
    if (!bernoulliExpOnePlain(uniform, 1, 1)) return false;
    rest -= under;
  }
  return bernoulliExpOnePlain(uniform, rest, under);
}

function bernoulliExpOnePlain(uniform: UniformSource, over: number, under: number): boolean {
  // 0 in lowest terms is 0/1. The draw is made all the same, so that both implementations use the
  // same words.
  if (over === 0) return uniform.below(1) === 0;
  for (let k = 1; ; k += 1) {
    // `over` and `under` have no common divisor, so only k can have a divisor in common with
    // `over`.
    const common = gcdPlain(over, k);
    const chanceUnder = under * (k / common);
    const draw =
      chanceUnder <= EXACT_MAX
        ? uniform.below(chanceUnder)
        : Number(uniform.belowBig(BigInt(under) * BigInt(k / common)));
    if (draw >= over / common) return k % 2 === 1;
  }
}

function gcdPlain(first: number, second: number): number {
  let a = first;
  let b = second;
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** Floor of the square root (Newton). */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << (BigInt(value.toString(2).length + 1) / 2n);
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}
