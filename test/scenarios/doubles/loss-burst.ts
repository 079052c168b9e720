/** Defects for loss-burst.yaml, for `doubles.slow.test.ts`. */
import { BLOATED, GO, RUST, SLOW, SLOWER } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { ...SLOW, duration: '16s', 'events.0.at': '4s', 'events.0.for': '10s' } },
  doubles: {
    'links that lose most': {
      base: 'short',
      set: { 'events.0.set.loss': '60%' },
      red: ['gateway.delivery value >=', 'gateway.availability value >='],
    },
    'links with bloated queues': {
      base: 'short',
      set: BLOATED,
      red: ['gateway.delivery value >=', 'gateway.latency max <=', 'gateway.latency p95 <='],
    },
    'paths that take twice as long': {
      base: 'short',
      set: SLOWER,
      red: ['gateway.latency max <='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: {
        ...GO,
        events:
          '[{ at: 4s, link: "br-111-1 <-> core-110", tap: { replay: 20%, replayWithin: 50 } }]',
      },
      red: ['antireplay.false_reject count ==', 'gateway.duplicates count =='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.availability value >=',
        'gateway.delivery value >=',
      ],
    },
  },
};
