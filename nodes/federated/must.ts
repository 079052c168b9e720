/**
 * Federated: the limits that hold whatever faults the network has.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** Limits of metrics that federated learning keeps whatever faults the network has. */
export const FEDERATED_MUST: Must = {
  always: {
    'federated.exact': { value: '== 1' },
  },
  recover: {
    'federated.rounds': { count: '>= 1' },
  },
  withinSeconds: 15,
  options: { 'secureAggregation.mode': ['signed'], 'secureAggregation.modulusBits': ['24'] },
};
