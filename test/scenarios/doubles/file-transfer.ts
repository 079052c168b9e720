/** Defects for file-transfer.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a link that is too good': {
      base: 'shipped',
      set: { 'topology.links.0.rate': '100Mbit/s', 'topology.links.0.delay': '1ms' },
      red: ['bulk.transfer min >='],
    },
    'a link that is too long': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '120ms', duration: '300s' },
      red: ['bulk.transfer max <='],
    },
    'a receiver that crashes half way': {
      base: 'shipped',
      set: { events: '[{ at: 5s, for: 1s, crash: receiver }]' },
      red: ['bulk.resets count =='],
    },
    'a receiver that flips bits': {
      base: 'shipped',
      set: { 'options.bulk.double': 'flip' },
      red: ['bulk.corrupted count ==', 'bulk.delivery value =='],
    },
  },
};
