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
const BLIND = { 'options.gateway.multipath.queueDelay': '10s' };

export const row: Row = {
  isLong: true,
  bases: {
    short: SHORT,
    long: lasting(40),
    /** Queues that grow by 97 ms in a second and hold 0.5 s: both pairs see them at the same probe. */
    steep: {
      ...SHORT,
      'events.0.flood.rate': '900/s',
      'events.1.flood.rate': '900/s',
      'topology.links.14.queue': '1000packets',
      'topology.links.18.queue': '1000packets',
    },
  },
  doubles: {
    'paths judged by twice their round trip': {
      base: 'short',
      set: BLIND,
      red: ['gateway.delivery value ==', 'gateway.latency max <='],
    },
    'paths judged by their base round trip': {
      base: 'long',
      set: { ...BLIND, 'options.gateway.multipath.hold': '500ms' },
      red: [
        'gateway.delivery value ==',
        'gateway.latency max <=',
        'gateway.planned_switches count ==',
      ],
    },
    'twice the queue before a path is left': {
      base: 'short',
      set: { 'options.gateway.multipath.queueDelay': '10ms' },
      red: ['gateway.latency max <='],
    },
    'gateways that all leave at once': {
      base: 'steep',
      set: { 'options.gateway.multipath.queueWait': '0ms' },
      red: ['gateway.fault_switches count <='],
    },
  },
};
