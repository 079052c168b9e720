/** Defects for dtn-secure-hop.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const failed = 'dtn.security.failed count ==';
const accepted = 'dtn.security.accepted count ==';
const delivery = 'dtn.delivery value ==';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'former keys that are forgotten at once': {
      base: 'shipped',
      set: {
        'options.dtn.security.keys.0.overlap': '0s',
        'options.dtn.security.keys.1.overlap': '0s',
      },
      red: [failed, accepted, delivery],
    },
    'former keys that are forgotten before the last bundle arrives': {
      base: 'shipped',
      set: { 'options.dtn.security.keys.0.overlap': '3s' },
      red: [failed, accepted, delivery],
    },
    'a relay that leaves bundles alone': {
      base: 'shipped',
      set: { 'topology.nodes.2.options.hostile': 'none' },
      red: ['dtn.tampered count ==', failed, accepted, delivery],
    },
  },
};
