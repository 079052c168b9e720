/**
 * The entropy of departures for all strategies, by theory and by propagating the probability mass
 * of a target.
 *
 * @module
 */
import type { Departures } from './drive.ts';

/** If less than this mass of a target remains, the target has left. */
const LEFT_MIN = 1e-9;

/**
 * The entropy of a target that arrived just before `startNs`. When k of s messages leave, each
 * carries mass / s (docs/spec/privacy-metrics.md, "Mass propagation"; valid for Poisson and batch
 * mixes).
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

/** The index of the first instant that is not before the given one. */
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
 * The mean of log2 of the number of messages in an interval, for a message that shares it with
 * Poisson(mean) others.
 */
export function timedBits(mean: number): number {
  let sum = 0;
  for (let k = 0, p = Math.exp(-mean); k < 8 * mean; k++, p *= mean / k)
    sum += p * Math.log2(1 + k);
  return sum;
}
