/** Defects for dtn-tcpcl.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a relay that loses every second bundle': {
      base: 'shipped',
      set: { 'options.relay': '{ double: dropping }' },
      red: ['dtn.delivery value =='],
    },
    'links four times as long': {
      base: 'shipped',
      set: { 'topology.defaults.link.delay': '400ms' },
      red: ['dtn.latency p50 <='],
    },
    'a relay that never crashes, so that no session has to prove itself among strangers': {
      base: 'shipped',
      set: {
        events: '[{ at: 4s, flood: { to: relay, by: sender, kind: silent-stream, rate: 25/s } }]',
      },
      red: ['dtn.tls count =='],
    },
    'strangers that leave a new session less time than it needs': {
      base: 'shipped',
      set: { 'events.0.flood.rate': '250/s' },
      red: ['dtn.delivery value ==', 'dtn.tls count =='],
    },
  },
};
