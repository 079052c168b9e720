/** Defects for federated-clip.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    shipped: { 'topology.generate.nodes': '51' },
    // What is spent does not depend on how many learn.
    budget: { 'topology.generate.nodes': '6' },
    hidden: {
      'topology.generate.nodes': '11',
      'stack.1.options.rounds': '3',
      'stack.1.options.secureAggregation': '{}',
    },
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'hidden',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.clip.norm p50 <=', 'federated.clip.norm p90 <=', 'federated.exact value =='],
    },
    'a norm that rests where it began, too short': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'resting-norm' },
      red: ['federated.clip.norm p50 >=', 'dp.accuracy max >='],
    },
    'a norm that rests where it began, too long': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'resting-norm', 'stack.1.options.privacy.clip': '5' },
      red: ['federated.clip.norm p50 <=', 'federated.clip.norm p90 <=', 'dp.accuracy max >='],
    },
    'less noise': {
      base: 'budget',
      set: { 'stack.1.options.privacy.noise': '2.99' },
      red: ['dp.epsilon max <='],
    },
  },
};
