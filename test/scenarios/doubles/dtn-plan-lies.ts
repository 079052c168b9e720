/** Defects for dtn-plan-lies.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a router that gives contacts more than they can carry': {
      base: 'shipped',
      set: { 'options.dtn.double': 'overbooking' },
      red: ['dtn.latency mean <=', 'dtn.route.error mean <=', 'dtn.contact.use value >='],
    },
    'nodes that drop every second bundle of others': {
      base: 'shipped',
      set: { 'options.dtn.double': 'dropping' },
      red: ['dtn.contact.use value >=', 'dtn.delivery value >=', 'dtn.route.error mean >='],
    },
    'a sink that is five light seconds away': {
      base: 'shipped',
      set: { 'topology.links.1.delay': '5s', 'topology.links.3.delay': '5s' },
      red: ['dtn.latency max <='],
    },
    'a plan that is true': {
      base: 'shipped',
      set: {
        'topology.links.0.contacts.actual': '[]',
        'topology.links.1.contacts.actual': '[]',
        'topology.links.3.contacts.actual': '[]',
      },
      red: ['dtn.contact.use value >=', 'dtn.latency max >=', 'dtn.route.error mean >='],
    },
    'bundles that are half as long again': {
      base: 'shipped',
      set: { 'traffic.0.size': '1500B' },
      red: ['dtn.contact.use value <=', 'dtn.route.error mean <='],
    },
  },
};
