/** Defects for dtn-bus.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'relays that give their copies to the destination only': {
      base: 'shipped',
      set: { 'options.dtn.router': 'two-hop' },
      red: ['dtn.delivery value >=', 'dtn.overhead value >='],
    },
    'buses that make no copies': {
      base: 'shipped',
      set: { 'options.dtn.router': 'direct' },
      red: ['dtn.delivery value >=', 'dtn.latency mean >=', 'dtn.overhead value >='],
    },
    'half as many buses again': {
      base: 'shipped',
      set: { 'topology.generate.nodes': '30' },
      red: ['dtn.delivery value <=', 'dtn.overhead value <='],
    },
    'buses that meet half as often again': {
      base: 'shipped',
      set: { 'topology.generate.every': '40min' },
      red: ['dtn.delivery value <='],
    },
    'bundles that live twice as long': {
      base: 'shipped',
      set: { 'options.dtn.lifetime': '20min' },
      red: ['dtn.delivery value <=', 'dtn.latency mean <='],
    },
  },
};
