/** Defects for failover.yaml, for `doubles.slow.test.ts`. */
import { BLOATED, FULL, REFERENCE, RUST, SLOW, SLOWER } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { ...SLOW, duration: '32s' }, full: FULL },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: [
        'gateway.failover p95 <=',
        'gateway.failover max <=',
        'gateway.delivery value >=',
        'gateway.availability value >=',
      ],
    },
    'reports half as often': {
      base: 'short',
      set: { 'options.gateway.multipath.reportInterval': '50ms' },
      red: ['gateway.failover max <='],
    },
    'links with bloated queues': {
      base: 'short',
      set: BLOATED,
      red: [
        'gateway.availability value >=',
        'gateway.delivery value >=',
        'gateway.failover max <=',
        'gateway.failover p95 <=',
        'gateway.latency max <=',
        'gateway.latency p95 <=',
      ],
    },
    'paths that take twice as long': {
      base: 'short',
      set: SLOWER,
      red: ['gateway.latency max <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.availability value >=',
        'gateway.delivery value >=',
        'gateway.failover max <=',
        'gateway.failover p95 <=',
      ],
    },
    'a rate limit below the target': {
      base: 'full',
      set: {
        'options.gateway.rateLimit': '{ enabled: true, perSecond: 8000, burst: 1 }',
      },
      red: ['gateway.delivery value >=', 'gateway.throughput rate >='],
    },
  },
};
