/** Defects for federated-attack.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

/** One step on one example each, and no guess of who is a member. */
const ONE_EXAMPLE = {
  'stack.1.options.data.examples': '1',
  'stack.1.options.learn.epochs': '1',
};
/** Three rounds of them. */
const THREE_ROUNDS = { ...ONE_EXAMPLE, 'stack.1.options.rounds': '3' };

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    // What is spent depends on the rounds, and not on what is learned in them.
    'one example each': ONE_EXAMPLE,
    'three rounds': THREE_ROUNDS,
  },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'three rounds',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'noise that is accounted for and not added': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'silent-noise' },
      red: ['federated.attack.membership.advantage max <='],
    },
    'half the noise': {
      base: 'one example each',
      set: { 'stack.1.options.privacy.noise': '5' },
      red: ['federated.attack.membership.bound max <=', 'dp.epsilon max <='],
    },
    'updates that the aggregator sees': {
      base: 'three rounds',
      set: { 'stack.1.options.secureAggregation': 'none' },
      red: ['federated.attack.inversion.found value <='],
    },
  },
};
