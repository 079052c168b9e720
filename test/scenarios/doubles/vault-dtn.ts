/** Defects for vault-dtn.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const LOAD = 'stack.1.options.load';

export const row: Row = {
  bases: {
    shipped: {},
    burst: { [`${LOAD}.rate`]: '100/s', [`${LOAD}.start`]: '3600s', [`${LOAD}.stop`]: '3602s' },
  },
  doubles: {
    'a run that ends before the relay is back': {
      base: 'shipped',
      set: { duration: '121h' },
      red: ['vault.converged value =='],
    },
    'a relay that needs two days and a half': {
      base: 'shipped',
      set: { 'topology.generate.period': '60h', duration: '18d' },
      red: ['vault.converge max <=', 'vault.converge p50 <='],
    },
    'values of 4 kB': {
      base: 'shipped',
      set: { [`${LOAD}.size`]: '4KB' },
      red: ['vault.sync.bytes count <='],
    },
    'replicas that skip operations of one millisecond': {
      base: 'burst',
      set: { 'stack.1.options.double': 'by-millisecond' },
      red: ['vault.equal value =='],
    },
  },
};
