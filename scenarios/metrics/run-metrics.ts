/**
 * The metrics of every run, whatever its protocols: bytes that links carried, and drops of nodes.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Name of the metric for the bytes of packets that links began to transmit. */
export const LINK_BYTES_METRIC = 'links.bytes';
/** Name of the metric for the drops of nodes. */
export const NODE_DROPS_METRIC = 'nodes.drops';
/**
 * The label of {@link NODE_DROPS_METRIC}: the name of a drop, which the README of its protocol
 * explains.
 */
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
