/** Defects for navigator-hello.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a navigator that takes every way for one that hides': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'careless' },
      red: ['navigator.exposed count =='],
    },
    'a navigator that adds milliseconds to probabilities': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'mixed-units' },
      red: ['navigator.messages{class="tolerant",way="dtn"} count >='],
    },
    'a navigator for which energy counts whatever is urgent': {
      base: 'shipped',
      set: { 'stack.1.options.weighting': 'energy' },
      red: ['navigator.messages{class="realtime",way="datagram"} count >='],
    },
    'datagrams that take twice the charge': {
      base: 'shipped',
      set: { 'stack.1.options.costs.datagram.energy': '1.6' },
      red: ['navigator.charge count <='],
    },
    'a budget without end': {
      base: 'shipped',
      set: { 'stack.1.options.budget': '100' },
      red: ['nodes.drops{cause="privacy-spent"} count >='],
    },
    'messages that need not be private': {
      base: 'shipped',
      set: { 'traffic.2.private': 'false' },
      red: ['nodes.drops{cause="not-private"} count >='],
    },
    'links that lose a tenth': {
      base: 'shipped',
      set: { 'topology.defaults.link.loss': '10%' },
      red: ['navigator.delivery value >='],
    },
  },
};
