/** Defects for handshake-flood.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    short: {
      'traffic.0.rate': '300/s',
      'events.0.flood.rate': '100/s',
      'events.1.flood.rate': '20/s',
      'events.2.flood.rate': '3000/s',
    },
  },
  doubles: {
    'budgets that are charged before the checks': {
      base: 'short',
      set: { 'options.gateway.admission': 'eager' },
      red: ['gateway.delivery value >=', 'gateway.rekeys count >='],
    },
  },
};
