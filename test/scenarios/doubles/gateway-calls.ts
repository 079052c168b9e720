/** Defects for gateway-calls.yaml, for `doubles.slow.test.ts`. */
import { FAR, GO } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { duration: '6s', crypto: 'modelled' } },
  doubles: {
    'paths that take twice as long': { base: 'short', set: FAR, red: ['gateway.latency max <='] },
    'a gateway that crashes': {
      base: 'short',
      set: { events: '[{ at: 4s, for: 500ms, crash: gateway-111 }]' },
      red: ['gateway.delivery value ==', 'gateway.latency max <=', 'ask.ok value =='],
    },
    'the window of the Go sidecar and a tap that replays': {
      base: 'short',
      set: {
        ...GO,
        events:
          '[{ at: 3s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
      },
      red: ['gateway.duplicates count =='],
    },
  },
};
