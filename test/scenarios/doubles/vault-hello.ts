/** Defects for vault-hello.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const LOAD = 'stack.1.options.load.rate';

export const row: Row = {
  bases: { shipped: {}, busy: { [LOAD]: '500/s' } },
  doubles: {
    'replicas that skip operations of one millisecond': {
      base: 'busy',
      set: { 'stack.1.options.double': 'by-millisecond' },
      red: ['vault.equal value =='],
    },
    'one key for all values': {
      base: 'busy',
      set: { 'stack.1.options.double': 'one-nonce' },
      red: ['vault.keys_reused count =='],
    },
    'links that are never repaired': {
      base: 'shipped',
      set: { 'events.0.for': '4s', 'events.0.link': '*', 'events.2.ask.node': 'ada' },
      red: ['vault.converged value =='],
    },
    'links of 100 ms': {
      base: 'shipped',
      set: { 'topology.defaults.link.delay': '100ms' },
      red: ['vault.converge p50 <='],
    },
    'a cut of 4 s': {
      base: 'shipped',
      set: { 'events.0.at': '3s', 'events.0.for': '4s', duration: '12s' },
      red: ['vault.converge max <='],
    },
    'a vault with a long name': {
      base: 'shipped',
      set: { 'stack.1.options.vault': 'v'.repeat(250) },
      red: ['vault.sync.idle_bytes max <='],
    },
    'a question for what nobody wrote': {
      base: 'shipped',
      set: { 'events.2.ask.target': 'farewell' },
      red: ['ask.ok value =='],
    },
  },
};
