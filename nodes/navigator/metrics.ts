/**
 * Navigator: metrics of the nodes that choose with it.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metrics of every node that chooses among ways with a navigator. */
export const CHOICE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'navigator.messages',
    kind: 'counter',
    unit: 'packets',
    help: 'messages that began to leave over a way, and again each time that they leave over another one',
    labels: ['class', 'way'],
    needs: 'use',
  },
  {
    name: 'navigator.charge',
    kind: 'counter',
    unit: 'count',
    help: 'charge that these messages took from batteries, as the options declare it, µAh',
    needs: 'use',
  },
  {
    name: 'navigator.spent',
    kind: 'histogram',
    unit: 'count',
    help: 'thousandths of the budget of privacy of its destination that are spent, after each message',
    needs: 'use',
  },
  {
    name: 'navigator.exposed',
    kind: 'counter',
    unit: 'packets',
    help: 'private messages that began to leave over a way that does not hide who writes to whom',
    needs: 'use',
  },
];

/**
 * Metrics of a node that also measures its ways. A node without a navigator has only
 * `navigator.switch`.
 */
export const NAVIGATOR_METRICS: readonly MetricDefinition[] = [
  ...CHOICE_METRICS,
  {
    name: 'navigator.handled',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from the acceptance of a message to the news that its peer has handled it',
    labels: ['class'],
    needs: 'use',
  },
  {
    name: 'navigator.switch',
    kind: 'samples',
    unit: 'ns',
    help: 'time from the first packet without an answer on a way that was lost, or from the acceptance of the message if that came later, to the first message over another way',
  },
];
