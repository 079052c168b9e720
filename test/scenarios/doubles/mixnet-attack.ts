/** Defects for mixnet-attack.yaml, for `doubles.slow.test.ts`. */
import { STOP_AT_20 } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { duration: '32s', ...STOP_AT_20 } },
  doubles: {
    'a network without loops': {
      base: 'short',
      set: { 'options.mixnet.rates.mixLoop': '0/s', 'options.mixnet.rates.loop': '0/s' },
      red: ['privacy.attack.n_minus_one.success value <=', 'mix.loops.alarms rate >='],
    },
    'mixes that wait too long for their loops': {
      base: 'short',
      set: { 'options.mixnet.client.loopAlarm.slack': '5s' },
      red: ['mix.loops.detection p95 <='],
    },
    'mixes that take every loss for an attack': {
      base: 'short',
      set: {
        'topology.defaults.link.loss': '1%',
        'options.mixnet.client.loopAlarm.window': '1s',
        'options.mixnet.client.loopAlarm.falseAlarms': '100',
      },
      red: ['mix.loops.alarms rate <='],
    },
    'messages that nobody acknowledges': {
      base: 'short',
      set: { 'options.mixnet.client.acknowledgements.enabled': 'false', 'events.0.for': '8s' },
      red: ['mixnet.delivery value >='],
    },
  },
};
