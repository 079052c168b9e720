/** Defects for federated-noise.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    // Eight times, a client leaves.
    'four rounds': { 'stack.1.options.rounds': '4' },
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'four rounds',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'noise that nobody takes away': {
      base: 'four rounds',
      set: { 'stack.1.options.privacy.dropouts': 'enough' },
      red: ['federated.noise.realised max <='],
    },
    'clients that keep their levels to themselves': {
      base: 'four rounds',
      set: { 'stack.1.options.double': 'kept-levels' },
      red: ['federated.noise.realised max <='],
    },
    'nobody leaves': {
      base: 'four rounds',
      set: { 'stack.1.options.drop.probability': '0%' },
      red: ['federated.lost count >='],
    },
    'shares of all are needed': {
      base: 'shipped',
      set: { 'stack.1.options.secureAggregation.threshold': '12' },
      red: ['federated.lost count >=', 'federated.rounds count =='],
    },
    'less noise': {
      base: 'shipped',
      set: { 'stack.1.options.privacy.noise': '2.8' },
      red: ['dp.epsilon max <='],
    },
  },
};
