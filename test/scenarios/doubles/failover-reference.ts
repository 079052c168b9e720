/** Defects for failover-reference.yaml, for `doubles.slow.test.ts`. */
import { RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    shipped: { crypto: 'modelled', 'traffic.0.rate': '50/s' },
    short: { ...SLOW, duration: '20s' },
  },
  doubles: {
    'our own rules': {
      base: 'shipped',
      set: { 'options.gateway.multipath.mode': 'orrery', duration: '32s' },
      red: ['gateway.failover p50 >=', 'gateway.failover p95 >='],
    },
    'a cut of all paths at once': {
      base: 'shipped',
      set: { 'events.0.link': 'core-* <-> core-*', duration: '32s' },
      red: ['gateway.failover p50 <=', 'gateway.failover p95 <='],
    },
    'the window of the Rust gateway': {
      base: 'shipped',
      set: { ...RUST, duration: '32s' },
      red: [
        'antireplay.false_reject count ==',
        'gateway.failover p50 <=',
        'gateway.failover p95 <=',
      ],
    },
  },
};
