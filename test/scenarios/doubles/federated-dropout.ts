/** Defects for federated-dropout.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'nobody who leaves': {
      base: 'shipped',
      set: { 'stack.1.options.drop.probability': '0%' },
      red: ['federated.left count >='],
    },
    'shares of 19 are needed': {
      base: 'shipped',
      set: { 'stack.1.options.secureAggregation': '{ threshold: 19 }' },
      red: ['federated.rounds count >=', 'federated.aborts count <='],
    },
  },
};
