/** Defects for dtn-moon.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'a layer that repeats nothing': {
      base: 'shipped',
      set: { 'options.dtn.layer': 'udpcl' },
      red: ['dtn.delivery value >='],
    },
    'links that lose nothing': {
      base: 'shipped',
      set: { 'topology.defaults.link.loss': '0%' },
      red: ['dtn.ltp.rounds mean >='],
    },
    'links that lose twice as much': {
      base: 'shipped',
      set: { 'topology.defaults.link.loss': '4%' },
      red: ['dtn.ltp.rounds mean <='],
    },
    'light that is faster': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '1s', 'topology.links.1.delay': '1s' },
      red: ['dtn.latency min >='],
    },
    'a Moon that is further away': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '1400ms', 'topology.links.1.delay': '1400ms' },
      red: ['dtn.latency p50 <='],
    },
    'relays that miss every second contact with the rover': {
      base: 'shipped',
      set: {
        'topology.links.2.contacts.period': '800s',
        'topology.links.3.contacts.period': '800s',
      },
      red: ['dtn.latency max <=', 'dtn.latency p50 <='],
    },
  },
};
