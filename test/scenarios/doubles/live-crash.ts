/** Defects for live-crash.yaml, for `doubles.slow.test.ts`. */
import { FAR, GO, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    short: {
      ...SLOW,
      duration: '7s',
      events:
        '[{ at: 3500ms, for: 300ms, crash: gateway-211 }, { at: 5s, for: 300ms, crash: gateway-111 }]',
    },
    'one crash': {
      ...SLOW,
      duration: '6s',
      events: '[{ at: 3500ms, for: 300ms, crash: gateway-211 }]',
    },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: ['gateway.recovery p95 <=', 'gateway.recovery max <=', 'gateway.delivery value >='],
    },
    'an outage twice as long': {
      base: 'one crash',
      set: { 'events.0.for': '600ms' },
      red: ['gateway.delivery ratio >='],
    },
    'handshakes over paths of 40 ms': {
      base: 'short',
      set: FAR,
      red: ['gateway.recovery max <='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: {
        ...GO,
        events:
          '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
      },
      red: [
        'antireplay.false_accept count ==',
        'antireplay.false_reject count ==',
        'gateway.duplicates count ==',
      ],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count ==', 'gateway.delivery value >='],
    },
  },
};
