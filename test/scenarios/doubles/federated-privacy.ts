/** Defects for federated-privacy.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  // As many clients as run in a second; what they cannot learn alone, they learn from noise even less.
  bases: {
    shipped: { 'topology.generate.nodes': '51' },
    hidden: { 'topology.generate.nodes': '11', 'stack.1.options.secureAggregation': '{}' },
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'hidden',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'less noise': {
      base: 'shipped',
      set: { 'stack.1.options.privacy.noise': '2.39' },
      red: ['dp.epsilon max <='],
    },
    'noise that drowns everything': {
      base: 'shipped',
      set: { 'stack.1.options.privacy.noise': '5000', 'stack.1.options.data.test': '5000' },
      red: ['dp.accuracy max >='],
    },
  },
};
