/**
 * The ticks of a time axis at round instants, in seconds, hours or days depending on the range.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { timeAxisUnit } from './duration.ts';
import type { TimeRange } from './time-line.ts';

/** Returns the instants of about `count` ticks in a range, ns. */
export function instantTicks([fromNs, toNs]: TimeRange, count: number): readonly number[] {
  const unitNs = timeAxisUnit(toNs - fromNs).seconds * 1e9;
  const ticks = scaleLinear([fromNs / unitNs, toNs / unitNs], [0, 1]).ticks(count);
  return ticks.map((at) => at * unitNs);
}
