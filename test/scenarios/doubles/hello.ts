/** Defects for hello.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a shorter cable': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '4ms' },
      red: ['ping.rtt p50 >='],
    },
    'a longer cable': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '7ms' },
      red: ['ping.rtt p95 <='],
    },
    'a cable that loses': {
      base: 'shipped',
      set: { 'topology.links.0.loss': '5%' },
      red: ['ping.delivery value >='],
    },
  },
};
