/** Defects for cloud.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a core that forgets a part of the delay': {
      base: 'shipped',
      set: { 'topology.clouds.0.between.3.delay': '39ms' },
      red: ['ping.rtt min >='],
    },
    'an access that is too narrow': {
      base: 'shipped',
      set: { 'topology.clouds.0.access.up.rate': '300kbit/s' },
      red: ['ping.rtt p95 <='],
    },
    'a core that loses': {
      base: 'shipped',
      set: { 'topology.clouds.0.between.3.loss': '0.5%' },
      red: ['ping.delivery value >='],
    },
    'an outage of nothing': {
      base: 'shipped',
      set: { 'events.0.link': 'internet/eu--asia' },
      red: ['ping.delivery value <='],
    },
  },
};
