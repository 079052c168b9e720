/**
 * The ticks of a time axis: at whole seconds, hours or days, as the width of the range asks.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import { unitOf } from './duration.ts';
import type { Range } from './time-line.ts';

/** The instants of about `count` ticks, ns. */
export function instantTicks([fromNs, toNs]: Range, count: number): readonly number[] {
  const unitNs = unitOf(toNs - fromNs).seconds * 1e9;
  const ticks = scaleLinear([fromNs / unitNs, toNs / unitNs], [0, 1]).ticks(count);
  return ticks.map((at) => at * unitNs);
}
