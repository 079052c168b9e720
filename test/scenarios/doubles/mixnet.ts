/** Defects for mixnet.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    crashing: {
      crypto: 'modelled',
      duration: '40s',
      'topology.generate.clients': '50',
      traffic:
        '[{ from: client-1, to: client-2, kind: poisson, rate: 2/s, size: 500B, stop: 24s }]',
      'options.mixnet.rates.payload': '5/s',
      events: '[{ every: 3s, from: 11s, for: 200ms, crash: client-2 }]',
      kpis: '{ mixnet.duplicates: { count: "== 0" } }',
    },
    short: {
      crypto: 'modelled',
      duration: '40s',
      'topology.generate.clients': '50',
      traffic:
        '[{ from: client-1, to: client-2, kind: poisson, rate: 0.3/s, size: 500B, stop: 24s }]',
    },
  },
  doubles: {
    'mixes that halve the delay': {
      base: 'short',
      set: { 'options.mixnet.double': 'eager' },
      red: ['mix.latency p50 >=', 'mix.latency p95 >='],
    },
    'mixes that add half of the delay': {
      base: 'short',
      set: { 'options.mixnet.double': 'late' },
      red: ['mix.latency p50 <=', 'mix.latency p95 <='],
    },
    'clients that forget what they delivered': {
      base: 'crashing',
      set: { 'options.mixnet.client.double': 'forgetful' },
      red: ['mixnet.duplicates count =='],
    },
    'mixes that lose packets, and nobody who sends them again': {
      base: 'short',
      set: {
        'options.mixnet.double': 'lossy',
        'options.mixnet.client.acknowledgements.enabled': 'false',
      },
      red: ['mixnet.delivery value ==', 'mix.drop_ratio value <=', 'mix.loops_returned value >='],
    },
  },
};
