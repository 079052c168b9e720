/** Defects for federated-devices.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'an aggregator that waits for all whom it invited': {
      base: 'shipped',
      set: { 'stack.1.options.quorum': '13' },
      red: ['federated.round p50 <='],
    },
    'owners who keep 60 % of their batteries': {
      base: 'shipped',
      set: { 'stack.1.options.device.limits.reserve': '60%' },
      red: ['federated.rounds count >='],
    },
    'clients that ignore their limits': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'ignored-limits' },
      red: [
        'federated.declined.battery count >=',
        'federated.device.spent count <=',
        'federated.round p50 <=',
      ],
    },
    'clients that forget at a restart what they have used': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'forgotten-use' },
      red: ['federated.device.spent count <='],
    },
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
  },
};
