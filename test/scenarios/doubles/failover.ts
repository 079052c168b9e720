/** Defects for failover.yaml, for `doubles.test.ts`. */
import { BLOATED, FULL, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { ...SLOW, duration: '32s' }, full: FULL },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: [
        'gateway.failover p95 <=',
        'gateway.delivery value >=',
        'gateway.availability value >=',
      ],
    },
    'links with bloated queues': {
      base: 'short',
      set: BLOATED,
      red: ['gateway.latency p95 <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count =='],
    },
    'a rate limit below the target': {
      base: 'full',
      set: {
        'options.gateway.rateLimit': '{ enabled: true, perSecond: 8000, burst: 1 }',
      },
      red: ['gateway.throughput rate >='],
    },
  },
};
