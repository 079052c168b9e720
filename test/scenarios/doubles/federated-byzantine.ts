/** Defects for federated-byzantine.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'the mean, which four liars carry away': {
      base: 'shipped',
      set: { 'stack.1.options.aggregate': 'mean' },
      red: ['dp.accuracy max >='],
    },
    'a round less': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
  },
};
