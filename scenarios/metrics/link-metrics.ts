/**
 * What the links of a run carried, whichever protocols used them.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Bytes of packets that links began to transmit. */
export const LINK_BYTES_METRIC = 'links.bytes';

/** Metrics of the links of every run. */
export const LINK_METRICS: readonly MetricDefinition[] = [
  {
    name: LINK_BYTES_METRIC,
    kind: 'counter',
    unit: 'bytes',
    help:
      'bytes of packets that links began to transmit, on each link anew and with its overhead; ' +
      'streams as their segments; the whole run, warm-up and drain included',
  },
];
