/**
 * The metrics of questions to nodes, whichever protocols answer.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metrics of runs whose scenario puts questions to nodes. */
export const ASK_METRICS: readonly MetricDefinition[] = [
  {
    name: 'ask.time',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from a question to the end of its answer, of the questions after warm-up that were answered ok',
  },
  {
    name: 'ask.ok',
    kind: 'ratio',
    unit: 'ratio',
    help: 'questions that were answered ok, of those put after warm-up',
  },
];
