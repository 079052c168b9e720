/** Defects for mixnet-pq.yaml, for `doubles.slow.test.ts`. */
import { STOP_AT_20 } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { crypto: 'modelled', duration: '26s', ...STOP_AT_20 } },
  doubles: {
    'mixes that drop each tenth packet': {
      base: 'short',
      set: {
        'options.mixnet.double': 'lossy',
        'options.mixnet.client.acknowledgements.enabled': 'false',
      },
      red: ['mix.drop_ratio value <=', 'mix.loops_returned value >=', 'mixnet.delivery value >='],
    },
    'mixes that halve the delay': {
      base: 'short',
      set: { 'options.mixnet.double': 'eager' },
      red: ['mix.latency p50 >='],
    },
    'mixes that add half of the delay': {
      base: 'short',
      set: { 'options.mixnet.double': 'late' },
      red: ['mix.latency p50 <='],
    },
  },
};
