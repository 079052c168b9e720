/** Defects for live-partition.yaml, for `doubles.slow.test.ts`. */
import { GO, REFERENCE, RUST, SLOW } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: {
    short: {
      ...SLOW,
      duration: '14s',
      events: `[
        { at: 4s, for: 2s, partition: { from: [core-110], to: [core-310] }, direction: one-way },
        { at: 8s, for: 300ms, partition: { from: [core-110, core-120, core-130], to: [core-310, core-320, core-330] } }
      ]`,
    },
  },
  doubles: {
    'rules of the reference gateway': {
      base: 'short',
      set: REFERENCE,
      red: ['gateway.delivery value >='],
    },
    'a cut of all paths for three seconds': {
      base: 'short',
      set: { 'events.1.for': '3s' },
      red: ['gateway.failover p95 <=', 'gateway.delivery value >='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: {
        ...GO,
        events:
          '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
      },
      red: ['antireplay.false_reject count ==', 'gateway.duplicates count =='],
    },
    'the window of the Rust gateway': {
      base: 'short',
      set: RUST,
      red: [
        'antireplay.false_reject count ==',
        'gateway.delivery value >=',
        'gateway.failover p95 <=',
      ],
    },
  },
};
