/** Defects for mixnet-neighbours.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isRequired: true,
  isLong: true,
  bases: { full: {} },
  doubles: {
    'R-184: draws that look at no autonomous system': {
      base: 'full',
      set: { 'options.mixnet.neighbours.maxPerAs': '12' },
      red: ['mix.neighbours.systems min >='],
    },
    'mixes of two autonomous systems': {
      base: 'full',
      set: { 'topology.generate.systems': '2' },
      red: [
        'mix.neighbours.systems min >=',
        'mix.path.shared_ends value <=',
        'mix.path.systems mean >=',
      ],
    },
    'a client that sends over mixes that are no neighbours': {
      base: 'full',
      set: { 'options.client-3.client.double': 'wayward' },
      red: ['mix.drop_ratio value =='],
    },
    'mixes that drop each tenth packet': {
      base: 'full',
      set: {
        'options.mixnet.double': 'lossy',
        'options.mixnet.client.acknowledgements.enabled': 'false',
      },
      red: ['mix.drop_ratio value ==', 'mixnet.delivery value >='],
    },
  },
};
