/** Defects for dtn-gateway-fallback.yaml, for `doubles.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'paths that stay cut': {
      base: 'shipped',
      set: { 'events.0.for': '645s', 'traffic.0.stop': '650s' },
      red: ['gateway.delivery value >=', 'dtn.latency max <='],
    },
    'paths that are cut for half the time': {
      base: 'shipped',
      set: { 'events.0.for': '300s' },
      red: ['gateway.delivery ratio <=', 'dtn.emptying min >='],
    },
    'bundles that live for a minute': {
      base: 'shipped',
      set: { 'traffic.1.lifetime': '60s' },
      red: ['dtn.delivery value >='],
    },
    'twice as many bundles': {
      base: 'shipped',
      set: { 'traffic.1.rate': '20/s' },
      red: ['dtn.emptying max <=', 'dtn.buffer.peak max <='],
    },
    'a receiver that forgets what it delivered, and receipts that are lost': {
      base: 'shipped',
      set: { 'options.dtn.double': 'forgetting', 'topology.defaults.link.loss': '1%' },
      red: ['dtn.duplicates count =='],
    },
  },
};
