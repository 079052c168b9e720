/** Defects for federated-large.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    'one round': { 'stack.1.options.rounds': '1' },
    'a hundredth of the numbers': { 'stack.1.options.model.size': '26000' },
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'a hundredth of the numbers',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'a round less': {
      base: 'a hundredth of the numbers',
      set: { 'stack.1.options.rounds': '1' },
      red: ['federated.inputs count =='],
    },
    'a small model, whose keys and shares weigh more': {
      base: 'one round',
      set: { 'stack.1.options.model.size': '10000' },
      red: ['federated.expansion max <=', 'federated.round min >='],
    },
    'links of 1 Mbit/s': {
      base: 'a hundredth of the numbers',
      set: { 'topology.defaults.link.rate': '1Mbit/s' },
      red: ['federated.round max <='],
    },
  },
};
