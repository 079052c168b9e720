/** Defects for gateway-throughput.yaml, for `doubles.slow.test.ts`. */
import { FAR, RUST } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { duration: '5s', 'traffic.0.start': '3900ms' } },
  doubles: {
    'half of the rate is offered': {
      base: 'short',
      set: { 'traffic.0.rate': '5000/s' },
      red: ['gateway.offered rate >=', 'gateway.throughput rate >='],
    },
    'a rate limit of half the target': {
      base: 'short',
      set: { 'options.gateway.rateLimit': '{ enabled: true, perSecond: 4200, burst: 1 }' },
      red: ['gateway.delivery value >=', 'gateway.throughput rate >='],
    },
    'paths that take twice as long': {
      base: 'short',
      set: FAR,
      red: ['gateway.latency max <='],
    },
    'paths of a quarter of a second': {
      base: 'short',
      set: Object.fromEntries(Object.keys(FAR).map((path) => [path, '60ms'])),
      red: ['gateway.latency max <=', 'gateway.latency p95 <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.delivery value >=',
        'gateway.throughput rate >=',
      ],
    },
  },
};
