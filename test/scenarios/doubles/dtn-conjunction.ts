/** Defects for dtn-conjunction.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a lifetime that is shorter than the conjunction': {
      base: 'shipped',
      set: { 'traffic.0.lifetime': '12h' },
      red: ['dtn.delivery value >=', 'dtn.buffer.peak max >='],
    },
    'a message more each hour': {
      base: 'shipped',
      set: { 'traffic.0.rate': '2/h' },
      red: ['dtn.buffer.peak max <=', 'dtn.latency max <=', 'dtn.latency min >='],
    },
    'a conjunction that ends six hours early': {
      base: 'shipped',
      set: { 'topology.links.0.contacts.windows.1.start': '378h' },
      red: ['dtn.latency max >=', 'dtn.latency min >='],
    },
    'a conjunction that ends six hours late': {
      base: 'shipped',
      set: { 'topology.links.0.contacts.windows.1.start': '390h' },
      red: ['dtn.latency max <=', 'dtn.latency min <='],
    },
  },
};
