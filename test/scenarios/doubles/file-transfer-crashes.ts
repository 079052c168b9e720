/** Defects for file-transfer-crashes.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a receiver that forgets what it handed over': {
      base: 'shipped',
      set: { 'options.bulk.double': 'forgetful' },
      red: ['bulk.duplicates count =='],
    },
    'a sender that loses what it had taken over': {
      base: 'shipped',
      set: { 'options.bulk.double': 'careless' },
      red: ['bulk.delivery value =='],
    },
    'a receiver that flips bits': {
      base: 'shipped',
      set: { 'options.bulk.double': 'flip' },
      red: ['bulk.corrupted count ==', 'bulk.delivery value =='],
    },
    'a link that is too good': {
      base: 'shipped',
      set: { 'topology.links.0.rate': '100Mbit/s', 'topology.links.0.delay': '1ms' },
      red: ['bulk.transfer min >='],
    },
    'a link that is too long': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '150ms', duration: '300s' },
      red: ['bulk.transfer max <='],
    },
  },
};
