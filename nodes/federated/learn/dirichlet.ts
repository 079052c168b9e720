/**
 * Draws shares from a symmetric Dirichlet distribution, for any concentration. Computes with
 * logarithms until the end, since for small concentrations nearly all numbers, and even their sum,
 * would be rounded to 0.
 *
 * @module
 */
import { exp, log } from '../../../engine/pure/log-exp.ts';
import type { SharedDraws } from './seeded.ts';

/** exp of smaller exponents is taken as 0: it cannot change a sum. */
const EXPONENT_MIN = -699;

/**
 * Draws `count` shares that add up to 1, each with mean 1/count and variance (count - 1) / (count^2
 * (count alpha + 1)).
 * @param alpha Above 0; the smaller, the more uneven.
 */
export function drawDirichletShares(
  { count, alpha }: { readonly count: number; readonly alpha: number },
  draws: SharedDraws,
): Float64Array {
  const logs = Float64Array.from({ length: count }, () => logGamma(alpha, draws));
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logs) if (value > largest) largest = value;
  let sum = 0;
  const shares = logs.map((value) => {
    const below = value - largest;
    const part = below > EXPONENT_MIN ? exp(below) : 0;
    sum += part;
    return part;
  });
  return shares.map((part) => part / sum);
}

/**
 * Draws the logarithm of a gamma-distributed number with this shape and scale 1 (Marsaglia and Tsang
 * 2000, "A simple method for generating gamma variables", section 2; below 1 by its section 6).
 */
function logGamma(shape: number, draws: SharedDraws): number {
  if (shape < 1) return logGamma(shape + 1, draws) + log(1 - draws.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = draws.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const logV = log(v);
    if (log(1 - draws.uniform()) < (x * x) / 2 + d - d * v + d * logV) return log(d) + logV;
  }
}
