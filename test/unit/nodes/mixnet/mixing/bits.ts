/**
 * Entropies of departures, by theory and by propagation of a target's mass, for all strategies.
 *
 * @module
 */
import type { Departures } from './drive.ts';

/** A target with less mass than this has left. */
const LEFT_MIN = 1e-9;

/**
 * Entropy of a target that arrived just before `startNs`: k of s messages leave, each with mass / s
 * (docs/spec/privacy-metrics.md, "Mass propagation"; for Poisson and batch mixes alike).
 */
export function propagatedBits({ atNs, poolBefore }: Departures, startNs: number): number {
  let mass = 1;
  let bits = 0;
  let at = firstAfter(atNs, startNs);
  while (at < atNs.length && mass > LEFT_MIN) {
    const share = mass / (poolBefore[at] as number);
    const instant = atNs[at];
    for (; atNs[at] === instant; at++) {
      bits -= share * Math.log2(share);
      mass -= share;
    }
  }
  return bits;
}

/** Index of the first instant at or after one. */
export function firstAfter(atNs: readonly number[], instant: number): number {
  let low = 0;
  let high = atNs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((atNs[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Mean of log2 of the number of messages in an interval, seen from one of them: Poisson(mean)
 * others.
 */
export function timedBits(mean: number): number {
  let sum = 0;
  for (let k = 0, p = Math.exp(-mean); k < 8 * mean; k++, p *= mean / k)
    sum += p * Math.log2(1 + k);
  return sum;
}
