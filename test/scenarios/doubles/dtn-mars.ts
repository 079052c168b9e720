/** Defects for dtn-mars.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'ground lines of two seconds': {
      base: 'shipped',
      set: {
        'topology.links.0.delay': '2s',
        'topology.links.1.delay': '2s',
        'topology.links.2.delay': '2s',
      },
      red: ['dtn.latency min <='],
    },
    'a rover that is further from its orbiter': {
      base: 'shipped',
      set: { 'topology.links.15.delay': '30s' },
      red: ['dtn.latency max <='],
    },
    'a contact across to the Earth that begins a minute late': {
      base: 'shipped',
      set: { 'topology.links.11.contacts.actual': '[{ contact: 3600s, start: 3660s }]' },
      red: ['dtn.latency min <=', 'dtn.route.error max <='],
    },
    'nodes that drop every second bundle of others': {
      base: 'shipped',
      set: { 'options.dtn.double': 'dropping' },
      red: ['dtn.delivery value >=', 'dtn.latency max >='],
    },
    'an Earth that is nearer': {
      base: 'shipped',
      set: { 'topology.links.11.delay': '300s' },
      red: ['dtn.latency min >='],
    },
    'a rover that is nearer to its orbiter': {
      base: 'shipped',
      set: { 'topology.links.15.delay': '10s' },
      red: ['dtn.latency max >='],
    },
  },
};
