/**
 * Federated: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** Limits that federated learning keeps whatever happens to the network. */
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
