/** Defects for scmp-forged.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { 'traffic.0.rate': '100/s' } },
  doubles: {
    'a gateway that believes every message': {
      base: 'short',
      set: { 'options.gateway.multipath.scmp': 'trusting' },
      red: ['gateway.fault_switches count ==', 'gateway.path_deaths count =='],
    },
    'nobody who forges': {
      base: 'short',
      set: { 'events.1.flood.rate': '1/h' },
      red: ['gateway.scmp count >='],
    },
  },
};
