/** Defects for federated.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    'one round': { 'stack.1.options.rounds': '1' },
    // Quick: nobody hides anything.
    'bare sums': {
      'stack.1.options.secureAggregation': 'none',
      'stack.1.options.phaseTimeout': '500ms',
    },
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'one round',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'shares of all are needed': {
      base: 'one round',
      set: { 'stack.1.options.secureAggregation': '{ threshold: 100 }' },
      red: ['federated.survived value =='],
    },
    'a longer timer': {
      base: 'one round',
      set: { 'stack.1.options.phaseTimeout': '5200ms' },
      red: ['federated.round p95 <='],
    },
    'more clients': {
      base: 'one round',
      set: { 'topology.generate.nodes': '121' },
      red: ['federated.bytes.up max <=', 'federated.bytes.down max <='],
    },
    'a round less': {
      base: 'bare sums',
      set: { 'stack.1.options.rounds': '19' },
      red: ['federated.rounds count =='],
    },
    'less noise': {
      base: 'bare sums',
      set: { 'stack.1.options.privacy.noise': '0.8' },
      red: ['dp.epsilon max <='],
    },
    'more noise': {
      base: 'bare sums',
      set: { 'stack.1.options.privacy.noise': '10' },
      red: ['dp.accuracy max >='],
    },
  },
};
