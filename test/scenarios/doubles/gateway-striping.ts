/** Defects for gateway-striping.yaml, for `doubles.slow.test.ts`. */
import { RUST } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

/** Links of 12 ms between systems, so that the paths take 50 ms. */
const FAR_SHARED = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => [`topology.links.${12 + at}.delay`, '12ms']),
);

export const row: Row = {
  bases: { short: { duration: '5500ms', 'traffic.0.start': '3500ms' } },
  doubles: {
    'a third of the rate is offered': {
      base: 'short',
      set: { 'traffic.0.rate': '1900/s' },
      red: ['gateway.throughput rate >='],
    },
    'packets as they come': {
      base: 'short',
      set: { 'options.gateway.multipath.strategy': 'weighted' },
      red: ['gateway.reorder count =='],
    },
    'a path that loses one packet in a hundred': {
      base: 'short',
      set: { 'topology.links.14.loss': '1%' },
      // Delays are not known yet, so that packets wait 100 ms for a lost one.
      red: ['gateway.delivery value ==', 'gateway.latency p99 <=', 'gateway.order_gaps count =='],
    },
    'paths of 50 ms': {
      base: 'short',
      set: FAR_SHARED,
      red: ['gateway.latency p99 <='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.delivery value ==',
        'gateway.latency p99 <=',
        'gateway.order_gaps count ==',
        'gateway.throughput rate >=',
      ],
    },
  },
};
