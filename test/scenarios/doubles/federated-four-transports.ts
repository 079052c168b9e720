/** Defects for federated-four-transports.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

/** Some seconds of a mixnet: enough to see what hides a packet. */
const MIXNET = {
  topology: 'mixnet-20.yaml',
  crypto: 'modelled',
  duration: '8s',
  until: 'duration',
  drain: '2s',
  'stack.1.options.data.examples': '10',
};

export const row: Row = {
  isLong: true,
  bases: { shipped: {}, 'a mixnet': MIXNET },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['dp.accuracy max >=', 'federated.exact value =='],
    },
    'clients that leave, and a long wait for them': {
      base: 'shipped',
      set: {
        'stack.1.options.phaseTimeout': '16s',
        'stack.1.options.drop': '{ after: shares, probability: 10% }',
      },
      red: ['federated.inputs count ==', 'federated.round max <='],
    },
    'a round less': {
      base: 'shipped',
      set: { 'stack.1.options.rounds': '1' },
      red: ['dp.accuracy max >=', 'federated.inputs count ==', 'links.bytes count >='],
    },
    'less noise': {
      base: 'shipped',
      set: { 'stack.1.options.privacy.noise': '1.5' },
      red: ['dp.epsilon max <='],
    },
    'noise that drowns everything': {
      base: 'shipped',
      set: { 'stack.1.options.privacy.noise': '1000' },
      red: ['dp.accuracy max >='],
    },
    'mixes that keep each packet for a quarter of a second': {
      base: 'a mixnet',
      set: {
        'topology.defaults.node.options.rates': '{ payload: 200/s, delay: { mean: 250ms } }',
      },
      red: ['privacy.entropy.bits max <='],
    },
  },
};
