/** Defects for mixnet-active.yaml, for `doubles.slow.test.ts`. */
import { STOP_AT_20 } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { crypto: 'modelled', duration: '32s', ...STOP_AT_20 } },
  doubles: {
    'mixes that forget what they have seen': {
      base: 'short',
      set: { 'options.mixnet.double': 'forgetful' },
      red: ['privacy.attack.replay.success value =='],
    },
    'last hops that are all corrupt': {
      base: 'short',
      set: { 'events.1.attack.last': '["provider-*"]' },
      red: ['privacy.attack.tagging.success value <='],
    },
    'tags in the header, which the next hop finds': {
      base: 'short',
      set: { 'events.1.attack.part': 'header' },
      red: ['privacy.attack.tagging.success value >='],
    },
    'tags on every message, and nobody who sends them again': {
      base: 'short',
      set: {
        'options.mixnet.client.acknowledgements.enabled': 'false',
        'events.1.attack.every': '1ms',
      },
      red: ['mixnet.delivery value >=', 'privacy.attack.tagging.success value >='],
    },
  },
};
