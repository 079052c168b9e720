/** Defects for failover-probes.yaml, for `doubles.slow.test.ts`. */
import { FULL, NERVOUS, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  seed: 2,
  bases: {
    short: { ...SLOW, duration: '32s' },
    full: { ...FULL, crypto: 'modelled', duration: '6s' },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: [
        'gateway.failover p95 <=',
        'gateway.detection p95 <=',
        'gateway.delivery value >=',
        'gateway.availability value >=',
        'gateway.fault_switches{cause="probe-loss"} rate >=',
      ],
    },
    'probes without patience': {
      base: 'short',
      set: NERVOUS,
      red: ['gateway.switches value <='],
    },
    'reports of the receiver, which show half of the faults first': {
      base: 'short',
      set: { 'options.gateway.multipath.reports': 'true' },
      red: ['gateway.fault_switches{cause="probe-loss"} rate >='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.availability value >=',
        'gateway.delivery value >=',
        'gateway.failover p95 <=',
      ],
    },
    'twice the probes': {
      base: 'full',
      set: { 'options.gateway.multipath.probeInterval': '25ms' },
      red: ['gateway.probe_overhead ratio <='],
    },
    'five times the probes': {
      base: 'full',
      set: { 'options.gateway.multipath.probeInterval': '10ms' },
      red: ['gateway.probe_overhead ratio <=', 'gateway.probe_overhead value <='],
    },
  },
};
