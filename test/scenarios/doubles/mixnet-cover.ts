/** Defects for mixnet-cover.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isRequired: true,
  isLong: true,
  bases: { full: {} },
  doubles: {
    'cover switched off': {
      base: 'full',
      set: { 'options.mixnet.client.cover': 'false' },
      red: [
        'privacy.client_rate.ks_p min >=',
        'privacy.cover_ratio value >=',
        'privacy.entropy.bits mean >=',
        'privacy.attack.answers.success value <=',
      ],
    },
    'R-181: no cover, and answers without padding': {
      base: 'full',
      set: { 'options.mixnet.client.cover': 'false', 'options.mixnet.double': 'unpadded' },
      red: [
        'privacy.attack.answers.success value <=',
        'privacy.attack.correlation.success value <=',
        'privacy.client_rate.ks_p min >=',
        'privacy.cover_ratio value >=',
        'privacy.entropy.bits mean >=',
      ],
    },
    'clients that send at once what they have to say': {
      base: 'full',
      set: { 'options.mixnet.client.double': 'chatty' },
      red: ['mix.loops.alarms count ==', 'privacy.client_rate.ks_p min >='],
    },
    'an attack on a mix': {
      base: 'full',
      set: {
        events:
          '[{ at: 12s, for: 6s, partition: { from: ["mix-1-*"], to: [mix-2-1] }, direction: one-way }]',
      },
      red: ['mix.loops.alarms count =='],
    },
    'mixes that halve the delay': {
      base: 'full',
      set: { 'options.mixnet.double': 'eager' },
      red: ['privacy.entropy.bits mean >=', 'privacy.epsilon mean <='],
    },
    'clients that never get to say it': {
      base: 'full',
      set: { 'options.mixnet.rates.payload': '0/s' },
      red: [
        'mixnet.delivery value >=',
        'privacy.cover_ratio value <=',
        'privacy.entropy.bits mean >=',
      ],
    },
  },
};
