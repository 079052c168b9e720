/** Defects for federated-skew.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'one class for each client, in rounds of one': {
      base: 'shipped',
      set: {
        'stack.1.options.data.split': '{ shards: 1 }',
        'stack.1.options.select': '{ fixed: 1 }',
        'stack.1.options.minimum': '1',
        'stack.1.options.secureAggregation': 'none',
      },
      red: ['dp.accuracy p50 >='],
    },
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['dp.accuracy p50 >=', 'federated.exact value =='],
    },
    'a round less': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
  },
};
