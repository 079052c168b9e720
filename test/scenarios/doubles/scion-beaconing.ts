/** Defects for scion-beaconing.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const SERVICE = 'options.control-service';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'control services that pass beacons on every 20 s only': {
      base: 'shipped',
      set: { [`${SERVICE}.fastRecovery`]: 'false', [`${SERVICE}.propagation`]: '20s' },
      red: ['control.discovery max <='],
    },
    'links between the ISDs that are down from the start': {
      base: 'shipped',
      set: {
        events:
          '[{ at: 0s, link: core-1-1--core-2-1, set: { up: false } }, { at: 0s, link: core-1-2--core-2-2, set: { up: false } }]',
      },
      red: ['control.discovery count >=', 'gateway.delivery value >='],
    },
    'control services that forget all segments again and again': {
      base: 'shipped',
      set: { [`${SERVICE}.double`]: 'amnesiac' },
      red: ['control.lookups_lost count =='],
    },
    'links that lose a packet in a hundred': {
      base: 'shipped',
      set: { 'topology.defaults.link.loss': '1%' },
      red: ['gateway.delivery value >='],
    },
  },
};
