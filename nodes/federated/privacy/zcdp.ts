/**
 * Zero-concentrated differential privacy (Bun and Steinke 2016, arXiv 1605.02292): rho(alpha) is
 * rho times alpha for every order. A Gaussian and a discrete Gaussian with noise z spend 1/(2 z^2) a
 * step (Canonne, Kamath, Steinke 2020, theorem 4), and steps add up.
 *
 * @module
 */
import { log } from '../../../engine/pure/log-exp.ts';
import { smallestSatisfying } from './smallest-that.ts';
import { log1p } from './special-functions.ts';

/**
 * Rho of one step.
 * @param noise Standard deviation over sensitivity, above 0.
 */
export function zcdpRho(noise: number): number {
  return 1 / (2 * noise * noise);
}

/**
 * Epsilon at a delta, at the best of all orders (Canonne, Kamath, Steinke 2020). The
 * derivative by the order is rho + ln(delta alpha) / (alpha - 1)^2, so the best order is the only
 * root of rho (alpha - 1)^2 + ln(delta alpha).
 * @param spent `rho` at least 0, `delta` in (0, 1).
 */
export function zcdpToEpsilon(spent: { readonly rho: number; readonly delta: number }): number {
  const { rho, delta } = spent;
  if (rho === 0) return 0;
  const order = smallestSatisfying(
    (alpha) => rho * (alpha - 1) * (alpha - 1) + log(delta * alpha) >= 0,
    {
      least: 1 + 1e-9,
      most: 1 / delta,
    },
  );
  return Math.max(0, rho * order + log1p(-1 / order) - log(delta * order) / (order - 1));
}
