/** Defects for fabric-ways.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    'a mixnet': { topology: 'mixnet-12.yaml', crypto: 'modelled' },
    // A sender repeats what has arrived only over a carrier that promises nothing.
    'lossy datagrams, and crashes': {
      'topology.defaults.node.run': 'datagram',
      'topology.defaults.link.loss': '30%',
      'topology.defaults.link.delay': '500ms',
      'traffic.0.rate': '60/min',
      events: '[{ every: 10s, from: 15s, for: 200ms, crash: client-2 }]',
    },
  },
  doubles: {
    'a cable that is cut for good': {
      base: 'shipped',
      set: { events: '[{ at: 20s, link: "client-1 <-> client-2", set: { up: false } }]' },
      red: ['fabric.delivery value >=', 'links.bytes count >='],
    },
    'a receiver that forgets what it handed over': {
      base: 'lossy datagrams, and crashes',
      set: { 'options.client-2/fabric.double': 'forgetful' },
      red: ['fabric.duplicates count =='],
    },
    'a cable that is cut for 30 s': {
      base: 'shipped',
      set: { events: '[{ at: 40s, for: 30s, link: "client-1 <-> client-*", set: { up: false } }]' },
      red: ['fabric.latency max <='],
    },
    'mixes that keep each packet for 3 s': {
      base: 'a mixnet',
      set: { 'topology.defaults.node.options.rates': '{ payload: 10/s, delay: { mean: 3s } }' },
      red: ['fabric.latency max <=', 'privacy.entropy.bits max <='],
    },
    'half as large messages': {
      base: 'shipped',
      set: { 'traffic.2.size': '10kB' },
      red: ['links.bytes count >='],
    },
  },
};
