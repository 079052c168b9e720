/** Defects for federated-dtn.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['federated.exact value =='],
    },
    'a timer below the knee': {
      base: 'shipped',
      set: { 'stack.1.options.phaseTimeout': '119min' },
      red: ['federated.rounds count ==', 'federated.inputs count >='],
    },
    'a timer that outlasts every absence': {
      base: 'shipped',
      set: { 'stack.1.options.phaseTimeout': '20h' },
      red: ['federated.inputs count <=', 'federated.round max <='],
    },
    'relays that are twice as fast': {
      base: 'shipped',
      set: { 'topology.generate.period': '1h' },
      red: ['federated.inputs count <=', 'federated.round max >='],
    },
  },
};
