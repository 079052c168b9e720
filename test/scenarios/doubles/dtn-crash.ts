/** Defects for dtn-crash.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'a node that answers before bundles are on disk': {
      base: 'shipped',
      set: { 'options.dtn.double': 'early-receipt' },
      red: ['dtn.custody.lost count ==', 'dtn.delivery value >=', 'dtn.duplicates count =='],
    },
    'a receiver that forgets what it delivered': {
      base: 'shipped',
      set: { 'options.dtn.double': 'forgetting' },
      red: ['dtn.duplicates count =='],
    },
    'nodes whose bundles grow no older': {
      base: 'shipped',
      set: { 'options.dtn.double': 'ageless' },
      red: ['dtn.expired count >='],
    },
    'nodes that drop every second bundle of others': {
      base: 'shipped',
      set: { 'options.dtn.double': 'dropping' },
      red: [
        'dtn.delivery value >=',
        'dtn.expired count >=',
        'dtn.overhead value <=',
        'dtn.recovered count >=',
      ],
    },
    'stores in memory': {
      base: 'shipped',
      set: { 'options.dtn.store.kind': 'memory' },
      red: [
        'dtn.custody.lost count ==',
        'dtn.delivery value >=',
        'dtn.duplicates count ==',
        'dtn.expired count >=',
        'dtn.recovered count >=',
      ],
    },
    'a wait for receipts that is shorter than the round trip': {
      base: 'shipped',
      set: { 'options.dtn.retry': '5ms' },
      red: ['dtn.overhead value <=', 'dtn.received_again value <='],
    },
  },
};
