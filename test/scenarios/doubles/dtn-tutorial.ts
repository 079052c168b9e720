/** Defects for dtn-tutorial.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a router that takes the worst route it knows': {
      base: 'shipped',
      set: { 'options.dtn.double': 'roundabout' },
      red: ['dtn.latency max <=', 'dtn.hops max <='],
    },
    'nodes that drop every second bundle of others': {
      base: 'shipped',
      set: { 'options.dtn.double': 'dropping' },
      red: ['dtn.delivery value >=', 'dtn.latency p50 >='],
    },
    'a direct contact faster than light': {
      base: 'shipped',
      set: { 'topology.links.4.delay': '100ms' },
      red: ['dtn.latency min >='],
    },
  },
};
