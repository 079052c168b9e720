/** Defects for live-crash.yaml, for `doubles.test.ts`. */
import { GO, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    short: {
      ...SLOW,
      duration: '7s',
      events:
        '[{ at: 3500ms, for: 300ms, crash: gateway-211 }, { at: 5s, for: 300ms, crash: gateway-111 }]',
    },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: ['gateway.recovery p95 <=', 'gateway.delivery value >='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: {
        ...GO,
        events:
          '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
      },
      red: ['gateway.duplicates count ==', 'antireplay.false_accept count =='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: ['antireplay.false_reject count =='],
    },
  },
};
