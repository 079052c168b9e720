/** Defects for mixnet-crashes.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { full: {} },
  doubles: {
    'clients that forget what they delivered': {
      base: 'full',
      set: { 'options.mixnet.client.double': 'forgetful' },
      red: ['mixnet.duplicates count =='],
    },
    'clients that send no message again': {
      base: 'full',
      set: { 'options.mixnet.client.acknowledgements.enabled': 'false' },
      red: ['mixnet.delivery value >='],
    },
    'mixes that forget what they have seen, and an attacker who sends it again': {
      base: 'full',
      set: {
        'options.mixnet.double': 'forgetful',
        'events.2':
          '{ at: 6s, link: "mix-1-* <-> mix-2-1", tap: { replay: 20%, replayWithin: 200, reorder: 0 } }',
      },
      red: ['mix.replay.false_negative count =='],
    },
  },
};
