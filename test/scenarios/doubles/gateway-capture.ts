/** Defects for gateway-capture.yaml, for `doubles.slow.test.ts`. */
import { FAR } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { full: {} },
  doubles: {
    'a run that is over before half of the capture': {
      base: 'full',
      set: { 'traffic.0.start': '21s' },
      red: ['gateway.offered count =='],
    },
    'links that lose a tenth on the whole path': {
      base: 'full',
      set: { 'topology.defaults.link.loss': '2%' },
      red: ['gateway.delivery value >='],
    },
    'probes three times as rare, and no reports': {
      base: 'full',
      set: {
        'options.gateway.multipath.reports': 'false',
        'options.gateway.multipath.probeInterval': '190ms',
      },
      red: ['gateway.failover max <='],
    },
    'paths of 60 ms': {
      base: 'full',
      set: Object.fromEntries(Object.keys(FAR).map((path) => [path, '15ms'])),
      red: ['gateway.latency p95 <='],
    },
  },
};
