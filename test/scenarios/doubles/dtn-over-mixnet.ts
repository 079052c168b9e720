/** Defects for dtn-over-mixnet.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'stores in memory': {
      base: 'shipped',
      set: { 'options.dtn.store.kind': 'memory' },
      red: ['dtn.custody.lost count =='],
    },
    'a recipient that forgets what it delivered': {
      base: 'shipped',
      set: {
        'options.dtn.double': 'forgetting',
        'traffic.0.rate': '2/s',
        events: '[{ every: 8s, from: 20s, for: 500ms, crash: client-2 }]',
      },
      red: ['dtn.duplicates count =='],
    },
    'a recipient that never comes back': {
      base: 'shipped',
      set: { events: '[{ at: 50s, crash: client-4 }]' },
      red: ['dtn.delivery value >='],
    },
    'half as many turns': {
      base: 'shipped',
      set: { 'options.mixnet.rates.payload.mean': '400ms' },
      red: ['dtn.delivery value >=', 'dtn.latency p50 <='],
    },
    'mixes that do not mix': {
      base: 'shipped',
      set: {
        'topology.defaults.link.delay': '100us',
        'options.mixnet.rates.delay.mean': '1ms',
        'options.mixnet.rates.payload.mean': '20ms',
      },
      red: ['dtn.latency min >='],
    },
  },
};
