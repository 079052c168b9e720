/** Defects for failover-hot.yaml, for `doubles.slow.test.ts`. */
import { FAR, GO, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

const TAP = '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]';

export const row: Row = {
  isLong: true,
  bases: {
    short: { ...SLOW, duration: '32s' },
    cut: { ...SLOW, duration: '20s', 'traffic.0.rate': '2000/s' },
    full: { duration: '6s', warmup: '4s', 'traffic.0.start': '3900ms', events: '[]' },
  },
  doubles: {
    'one copy of each packet': {
      base: 'cut',
      set: { 'options.gateway.multipath.strategy': 'failover' },
      red: ['gateway.delivery value ==', 'gateway.failover max <='],
    },
    'paths that take twice as long': {
      base: 'short',
      set: FAR,
      red: ['gateway.latency p99 <='],
    },
    'a probe each millisecond': {
      base: 'full',
      set: { 'options.gateway.multipath.probeInterval': '1ms' },
      red: ['gateway.wire_bytes rate <='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: { ...GO, events: TAP },
      red: [
        'antireplay.false_reject count ==',
        'antireplay.replays_blocked count ==',
        'gateway.duplicates count ==',
      ],
    },
    'a tap that replays': {
      base: 'short',
      set: { events: TAP },
      red: ['antireplay.replays_blocked count =='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'antireplay.replays_blocked count ==',
        'gateway.delivery value ==',
      ],
    },
  },
};
