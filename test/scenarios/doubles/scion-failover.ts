/** Defects for scion-failover.yaml, for `doubles.slow.test.ts`. */
import { BLOATED, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { ...SLOW, warmup: '13s', duration: '42s' } },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: ['gateway.failover p95 <=', 'gateway.delivery value >='],
    },
    'links with bloated queues': {
      base: 'short',
      set: BLOATED,
      red: ['gateway.delivery value >=', 'gateway.failover p95 <=', 'gateway.latency p95 <='],
    },
    'control services that forget all segments again and again': {
      base: 'short',
      set: { 'options.control-service.double': 'amnesiac' },
      red: [
        'control.lookups_lost count ==',
        'gateway.delivery value >=',
        'gateway.failover p95 <=',
      ],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count ==', 'gateway.delivery value >='],
    },
  },
};
