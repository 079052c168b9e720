/** Defects for failover-congestion.yaml, for `doubles.slow.test.ts`. */
import type { Overrides, Row } from '../double-row.ts';

/** Others send from 5 s on for this long. */
const lasting = (seconds: number): Overrides => ({
  duration: `${seconds + 5}s`,
  'events.0.every': `${seconds}s`,
  'events.0.for': `${seconds}s`,
  'events.1.every': `${seconds}s`,
  'events.1.for': `${seconds}s`,
});
const SHORT = lasting(10);
/** Queues that hold 0.5 s. */
const DEEP = { 'topology.links.14.queue': '1000packets', 'topology.links.18.queue': '1000packets' };
/** Path 2 is faster than path 1 from then on, by a fifth. */
const FASTER = ['core-120 <-> core-320', 'core-320 <-> core-220'].map(
  (link) => `{ at: 5s, for: 3s, link: "${link}", set: { delay: 0ms } }`,
);

export const row: Row = {
  isLong: true,
  bases: {
    short: SHORT,
    deep: { ...lasting(20), ...DEEP },
    calm: { duration: '8s', events: `[${FASTER.join(', ')}]` },
    /** Queues that grow by 97 ms in a second: both pairs see them at the same probe. */
    steep: {
      ...SHORT,
      ...DEEP,
      'events.0.flood.rate': '900/s',
      'events.1.flood.rate': '900/s',
    },
  },
  doubles: {
    'queues that are full before their growth shows': {
      base: 'short',
      set: { 'topology.links.14.queue': '8packets', 'topology.links.18.queue': '8packets' },
      red: ['gateway.delivery value =='],
    },
    'paths that are never left for their queue': {
      base: 'deep',
      set: {
        'options.gateway.multipath.queueDelay': '10s',
        'options.gateway.multipath.rttThreshold': '10',
      },
      red: ['gateway.latency max <='],
    },
    'no hold time before a change to a faster path': {
      base: 'calm',
      set: { 'options.gateway.multipath.hold': '500ms' },
      red: ['gateway.planned_switches count =='],
    },
    'gateways that all leave at once': {
      base: 'steep',
      set: { 'options.gateway.multipath.queueWait': '0ms' },
      red: ['gateway.fault_switches count <='],
    },
  },
};
