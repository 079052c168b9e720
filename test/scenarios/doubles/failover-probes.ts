/** Defects for failover-probes.yaml, for `doubles.test.ts`. */
import { FULL, NERVOUS, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  seed: 2,
  bases: { short: { ...SLOW, duration: '32s' }, full: FULL },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: [
        'gateway.failover p95 <=',
        'gateway.detection p95 <=',
        'gateway.delivery value >=',
        'gateway.availability value >=',
      ],
    },
    'probes without patience': {
      base: 'short',
      set: NERVOUS,
      red: ['gateway.switches value <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count =='],
    },
    'ten times the probes': {
      base: 'full',
      set: { 'options.gateway.multipath.probeInterval': '5ms' },
      red: ['gateway.probe_overhead value <='],
    },
  },
};
