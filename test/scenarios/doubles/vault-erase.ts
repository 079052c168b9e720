/** Defects for vault-erase.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    shipped: {},
    busy: { 'stack.1.options.load.rate': '200/s', 'stack.1.options.load.stop': '2s' },
  },
  doubles: {
    'a question for what nobody wrote': {
      base: 'shipped',
      set: { 'events.2.ask.kind': 'get' },
      red: ['ask.ok value =='],
    },
    'few erasures': {
      base: 'shipped',
      set: { 'stack.1.options.load.kinds': `[${'put, '.repeat(19)}erase]` },
      red: ['vault.erase.time count >='],
    },
    'a partition of 80 s': {
      base: 'shipped',
      set: { 'events.0.for': '80s', 'events.3.at': '110s', duration: '120s' },
      red: ['vault.erase.time max <=', 'vault.erase.time p50 <='],
    },
    // A replica that is away until the end has neither the erasures nor the rest.
    'a partition that does not end': {
      base: 'shipped',
      set: {
        'events.0':
          '{ at: 10s, partition: { from: [replica-2], to: [replica-1, replica-3, replica-4, replica-5] } }',
        'events.3.ask.kind': 'put',
      },
      red: [
        'vault.converged value >=',
        'vault.erase.time count >=',
        'vault.erase.unconfirmed value ==',
      ],
    },
    'replicas that skip operations of one millisecond': {
      base: 'busy',
      set: { 'stack.1.options.double': 'by-millisecond' },
      red: ['vault.equal value =='],
    },
  },
};
