/**
 * What the links of a run carried, whichever protocols used them.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { MetricData } from '../../reports/model.ts';
import type { World } from './world.ts';

const BYTES = 'links.bytes';

/** Metrics of the links of every run. */
export const LINK_METRICS: readonly MetricDefinition[] = [
  {
    name: BYTES,
    kind: 'counter',
    unit: 'bytes',
    help:
      'bytes of packets that links began to transmit, on each link anew and with its overhead; ' +
      'streams as their segments; the whole run, warm-up and drain included',
  },
];

/** The metrics of links; none in worlds that do not count. */
export function linkMetrics(world: World): Readonly<Record<string, MetricData>> {
  const value = world.linkBytes?.();
  return value === undefined ? {} : { [BYTES]: { kind: 'counter', value } };
}

/** Why a world has no such metric, by metric. */
export function linksUncounted(world: World): Readonly<Record<string, string>> {
  if (world.linkBytes !== undefined) return {};
  return { [BYTES]: 'bytes on links are counted in virtual time only' };
}
