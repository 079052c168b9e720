/** Defects for gateway-striping.yaml, for `doubles.slow.test.ts`. */
import { GO } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

/** Links of 20 ms between systems, so that the paths take 80 ms. */
const FAR_SHARED = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => [`topology.links.${12 + at}.delay`, '20ms']),
);
/** The first links, so that no packet overtakes a lost one. */
const CUTS = [1, 2, 3].map(
  (path) => `{ at: 5480ms, link: "gateway-111 <-> br-111-${path}", set: { up: false } }`,
);

export const row: Row = {
  bases: {
    short: { duration: '5500ms', 'traffic.0.start': '3500ms' },
    /** Packets without queues, whose delays have been known for a second, so that a lost one is waited for for some ms. */
    light: { duration: '10s', warmup: '9s', 'traffic.0.size': '100B' },
  },
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
    'no path in the last 20 ms': {
      base: 'short',
      set: { events: `[${CUTS.join(', ')}]` },
      red: ['gateway.delivery value =='],
    },
    'a path that loses one packet in a thousand': {
      base: 'light',
      set: { 'topology.links.14.loss': '0.1%' },
      // Coupled: what is waited for in vain is lost, or comes too late and out of order.
      red: ['gateway.delivery value ==', 'gateway.order_gaps count =='],
    },
    'paths of 80 ms': {
      base: 'short',
      set: FAR_SHARED,
      red: ['gateway.latency p99 <='],
    },
    'the window of the Go gateway': {
      base: 'light',
      set: { ...GO, 'options.gateway.antiReplay.windowSize': '16384' },
      red: ['antireplay.false_reject count =='],
    },
  },
};
