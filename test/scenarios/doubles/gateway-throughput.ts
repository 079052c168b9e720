/** Defects for gateway-throughput.yaml, for `doubles.slow.test.ts`. */
import { FAR, GO } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

/** Three of these limits are coupled: throughput is offered load times delivery, and p95 is at most the maximum. */
export const row: Row = {
  bases: { short: { duration: '5s', 'traffic.0.start': '3900ms' } },
  doubles: {
    'two fifths of the rate are offered': {
      base: 'short',
      set: { 'traffic.0.rate': '4000/s' },
      // Coupled: what is not offered is not delivered.
      red: ['gateway.offered rate >=', 'gateway.throughput rate >='],
    },
    'a rate limit of less than half the target': {
      base: 'short',
      set: { 'options.gateway.rateLimit': '{ enabled: true, perSecond: 4000, burst: 1 }' },
      // Coupled: while enough is offered, only what is not delivered lowers the throughput.
      red: ['gateway.delivery value >=', 'gateway.throughput rate >='],
    },
    'links that lose 0.3 % on the whole path': {
      base: 'short',
      set: { 'topology.defaults.link.loss': '0.05%' },
      red: ['gateway.delivery value >='],
    },
    'paths that take twice as long': {
      base: 'short',
      set: FAR,
      red: ['gateway.latency max <='],
    },
    'paths of a quarter of a second': {
      base: 'short',
      set: Object.fromEntries(Object.keys(FAR).map((path) => [path, '60ms'])),
      // Coupled: no quantile is above the maximum.
      red: ['gateway.latency max <=', 'gateway.latency p95 <='],
    },
    'the window of the Go gateway': {
      base: 'short',
      set: GO,
      red: ['antireplay.false_reject count =='],
    },
  },
};
