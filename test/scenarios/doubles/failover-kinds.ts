/** Defects for failover-kinds.yaml, for `doubles.slow.test.ts`. */
import { REFERENCE, RUST } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    all: { 'traffic.0.rate': '200/s' },
    /** Long enough between two failures for a path to count as alive again. */
    slow: { 'traffic.0.rate': '200/s', 'events.4.every': '6s', 'events.4.for': '1s' },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'all',
      set: REFERENCE,
      red: ['gateway.delivery value >=', 'gateway.failover max <='],
    },
    'probes a quarter as often, and no reports': {
      base: 'all',
      set: {
        'options.gateway.multipath.reports': 'false',
        'options.gateway.multipath.probeInterval': '200ms',
      },
      red: ['gateway.delivery value >=', 'gateway.failover max <='],
    },
    'no hold time before a return': {
      base: 'slow',
      set: { 'options.gateway.multipath.hold': '1ms' },
      red: ['gateway.fault_switches count <='],
    },
    'the window of the Rust gateway': {
      base: 'all',
      set: RUST,
      red: ['antireplay.false_reject count ==', 'gateway.delivery value >='],
    },
  },
};
