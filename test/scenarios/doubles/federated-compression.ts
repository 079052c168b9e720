/** Defects for federated-compression.yaml, for `doubles.slow.test.ts`. */
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
  },
  doubles: {
    'more bits': {
      base: 'two rounds',
      set: { 'stack.1.options.compression': '{ bits: 12 }' },
      red: ['federated.bytes.up max <='],
    },
    'one coordinate of five hundred, as much larger': {
      base: 'shipped',
      set: { 'stack.1.options.compression': '{ randomK: 0.002 }' },
      red: ['dp.accuracy max >='],
    },
    'masks that are removed in one product with the weights': {
      base: 'two rounds',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'a round less': {
      base: 'little data',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
  },
};
