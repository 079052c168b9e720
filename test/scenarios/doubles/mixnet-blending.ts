/** Defects for mixnet-blending.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { full: {} },
  doubles: {
    'a network without loops': {
      base: 'full',
      set: { 'options.mixnet.rates.mixLoop': '0/s', 'options.mixnet.rates.loop': '0/s' },
      red: ['privacy.attack.n_minus_one.success value <=', 'mix.loops.alarms rate >='],
    },
    'an adversary who is faster than loops are due': {
      base: 'full',
      set: { 'events.0.attack.drain': '400ms' },
      red: ['mix.loops.alarms rate >='],
    },
    'an adversary who drops what it takes out': {
      base: 'full',
      set: { 'events.0.attack.others': 'drop' },
      red: ['mixnet.delivery value >='],
    },
  },
};
