/** Defects for federated-groups.yaml, for `doubles.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {}, 'short timers': { 'stack.1.options.phaseTimeout': '500ms' } },
  doubles: {
    'fewer groups than liars need to have the say': {
      base: 'shipped',
      set: { 'stack.1.options.groups': '5' },
      red: ['dp.accuracy max >='],
    },
    'the mean of one sum': {
      base: 'shipped',
      set: { 'stack.1.options.aggregate': 'mean', 'stack.1.options.groups': 'none' },
      red: ['dp.accuracy max >='],
    },
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'clients that leave': {
      base: 'short timers',
      set: { 'stack.1.options.drop': '{ after: keys, probability: 0.05 }' },
      red: ['federated.inputs count =='],
    },
    'a round less': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
  },
};
