/** Defects for federated-compression.yaml, for `doubles.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'more bits': {
      base: 'shipped',
      set: { 'stack.1.options.compression': '{ bits: 12 }' },
      red: ['federated.bytes.up max <='],
    },
    'one coordinate of five hundred, as much larger': {
      base: 'shipped',
      set: { 'stack.1.options.compression': '{ randomK: 0.002 }' },
      red: ['dp.accuracy max >='],
    },
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'a round less': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
  },
};
