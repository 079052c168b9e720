/** Defects for live-steady.yaml, for `doubles.slow.test.ts`. */
import { NERVOUS, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { ...SLOW, duration: '12s' } },
  doubles: {
    'probes without patience': {
      base: 'short',
      set: { ...NERVOUS, 'topology.defaults.link.jitter': '2ms' },
      red: ['gateway.path_deaths count =='],
    },
    'links that lose one packet in a hundred': {
      base: 'short',
      set: { 'topology.defaults.link.loss': '1%' },
      red: ['gateway.delivery value >='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count ==', 'gateway.delivery value >='],
    },
  },
};
