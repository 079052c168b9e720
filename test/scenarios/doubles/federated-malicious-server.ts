/** Defects for federated-malicious-server.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'clients that do not sign, and a low threshold': {
      base: 'shipped',
      set: { 'stack.1.options.secureAggregation': '{ mode: semi-honest, threshold: 5 }' },
      red: ['federated.aborts count ==', 'federated.openings count =='],
    },
    'a server that does not lie': {
      base: 'shipped',
      set: { 'stack.1.options.serverAttack': 'none' },
      red: ['federated.aborts count =='],
    },
  },
};
