/** Defects for federated-groups.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

/** Rounds as always, and little to learn in them. */
const LITTLE_DATA = {
  'stack.1.options.data.examples': '5',
  'stack.1.options.data.test': '20',
};

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    'little data': LITTLE_DATA,
    'two rounds': { ...LITTLE_DATA, 'stack.1.options.rounds': '2' },
    'short timers': { ...LITTLE_DATA, 'stack.1.options.phaseTimeout': '500ms' },
  },
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
      base: 'two rounds',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['dp.accuracy max >=', 'federated.exact value =='],
    },
    'clients that leave': {
      base: 'short timers',
      set: { 'stack.1.options.drop': '{ after: keys, probability: 0.05 }' },
      red: ['federated.inputs count =='],
    },
    'a round less': {
      base: 'little data',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.inputs count ==', 'federated.rounds count =='],
    },
  },
};
