/**
 * What is counted in every run, whichever protocols it has: what links carried, and what nodes dropped.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Bytes of packets that links began to transmit. */
export const LINK_BYTES_METRIC = 'links.bytes';
/** What nodes dropped. */
export const NODE_DROPS_METRIC = 'nodes.drops';
/** The label of {@link NODE_DROPS_METRIC}: a drop of a protocol, under the name that its README explains. */
export const DROP_LABEL = 'cause';

/** Metrics of every run. */
export const RUN_METRICS: readonly MetricDefinition[] = [
  {
    name: LINK_BYTES_METRIC,
    kind: 'counter',
    unit: 'bytes',
    isOfWholeRun: true,
    help:
      'bytes of packets that links began to transmit, on each link anew and with its overhead; ' +
      'streams as their segments; the whole run, warm-up and drain included',
  },
  {
    name: NODE_DROPS_METRIC,
    kind: 'counter',
    unit: 'count',
    isOfWholeRun: true,
    help: 'what nodes dropped or refused, by the name of the drop; the whole run',
    labels: [DROP_LABEL],
  },
];
