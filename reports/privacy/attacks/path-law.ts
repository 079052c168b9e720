/**
 * The time from a sender's link to a receiver's link: transit plus an Erlang(hops) delay.
 *
 * @module
 */
import { incompleteGamma, invertRising, logGamma } from '../../statistics/special.ts';
import type { PathDelayDistribution } from './setting.ts';

/** The probability density of the path's delay at a delay, 1/ns. */
export function pathDelayDensity({
  hops,
  meanDelayNs,
  transitNs,
}: PathDelayDistribution): (delayNs: number) => number {
  const scale = -logGamma(hops) - Math.log(meanDelayNs);
  return (delayNs) => {
    const x = (delayNs - transitNs) / meanDelayNs;
    if (x <= 0) return x === 0 && hops === 1 ? Math.exp(scale) : 0;
    return Math.exp((hops - 1) * Math.log(x) - x + scale);
  };
}

/** The delay that a share `p` of messages does not exceed, ns. */
export function pathDelayQuantileNs(
  { hops, meanDelayNs, transitNs }: PathDelayDistribution,
  p: number,
): number {
  const cdf = (x: number): number => incompleteGamma(hops, x);
  return transitNs + meanDelayNs * invertRising(cdf, p, { low: 0, high: 40 + 10 * hops });
}
