/** Defects for federated-gossip.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'nodes that keep their own models': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'keeps-own-model' },
      red: ['dp.accuracy min >=', 'federated.gossip.distance p95 <='],
    },
    'fewer exchanges': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '20' },
      red: ['dp.accuracy min >=', 'federated.gossip.exchanges count >='],
    },
  },
};
