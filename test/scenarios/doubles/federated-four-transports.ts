/** Defects for federated-four-transports.yaml, for `doubles.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'shares of all are needed, and one client leaves': {
      base: 'shipped',
      set: {
        'stack.1.options.secureAggregation': '{ threshold: 19 }',
        'stack.1.options.phaseTimeout': '1s',
        'stack.1.options.drop': '{ after: shares, probability: 50% }',
      },
      red: ['federated.rounds count =='],
    },
  },
};
