/** Defects for replay-attack.yaml, for `doubles.slow.test.ts`. */
import { GO, RUST } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  isRequired: true,
  bases: {
    short: { duration: '6s', warmup: '3s', 'traffic.0.rate': '3000/s', crypto: 'modelled' },
  },
  doubles: {
    'R-021: the window of the Go sidecar': {
      base: 'short',
      set: GO,
      red: [
        'antireplay.false_accept count ==',
        'antireplay.false_reject count ==',
        'gateway.delivery value >=',
        'gateway.duplicates count ==',
      ],
    },
    'R-021: the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_accept count ==',
        'antireplay.false_reject count ==',
        'gateway.delivery value >=',
        'gateway.duplicates count ==',
      ],
    },
  },
};
