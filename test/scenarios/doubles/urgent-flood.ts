/** Defects for urgent-flood.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const SHARE = 'topology.links.2.queue.shareMax';

export const row: Row = {
  bases: { short: { duration: '10s' } },
  doubles: {
    'priority without a bound': {
      base: 'short',
      set: { [SHARE]: '100%' },
      red: ['gateway.delivery value >='],
    },
    'a bound that leaves less than data needs': {
      base: 'short',
      set: { [SHARE]: '85%' },
      red: ['gateway.delivery value >=', 'gateway.latency p95 <='],
    },
  },
};
