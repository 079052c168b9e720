/** Defects for failover-storm.yaml, for `doubles.slow.test.ts`. */
import { NERVOUS, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  // A gateway without patience switches paths all the time or, with seed 7, stays on a dead path
  // for seconds.
  seed: 2,
  bases: {
    short: {
      ...SLOW,
      duration: '40s',
      'events.0.from': '4s',
      'events.0.random': '{ up: 25s, down: 3s }',
    },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: [
        'gateway.failover mean <=',
        'gateway.failover p95 <=',
        'gateway.delivery ratio >=',
        'gateway.delivery value >=',
        'gateway.availability value >=',
      ],
    },
    'fewer reports': {
      base: 'short',
      set: { 'options.gateway.multipath.reportInterval': '40ms' },
      red: ['gateway.delivery ratio >=', 'gateway.failover mean <=', 'gateway.failover p95 <='],
    },
    'probes without patience': {
      base: 'short',
      // Without this, reports about arrivals would keep the path in use.
      set: { ...NERVOUS, 'options.gateway.multipath.reports': 'false' },
      red: ['gateway.failover mean <=', 'gateway.switches value <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.availability value >=',
        'gateway.delivery ratio >=',
        'gateway.delivery value >=',
        'gateway.failover mean <=',
        'gateway.failover p95 <=',
      ],
    },
  },
};
