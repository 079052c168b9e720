/** Defects for federated-hello.yaml, for `doubles.slow.test.ts`. */
import type { Overrides, Row } from '../double-row.ts';

/** An option of all nodes: client-6 has its own. */
const all = (path: string, value: string): Overrides => ({
  [`stack.1.options.${path}`]: value,
  [`options.client-6/federated.${path}`]: value,
});

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'masks that are removed in one product with the weights': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'weights-on-masked' },
      red: ['dp.accuracy max >=', 'federated.exact value =='],
    },
    'a model that only the first client gets': {
      base: 'shipped',
      set: { 'stack.1.options.serverAttack': 'crafted-models' },
      red: [
        'federated.inputs count ==',
        'federated.rounds count ==',
        'federated.survived value ==',
      ],
    },
    'shares of all are needed': {
      base: 'shipped',
      set: all('secureAggregation', '{ threshold: 5 }'),
      red: [
        'federated.inputs count ==',
        'federated.rounds count ==',
        'federated.survived value ==',
      ],
    },
    'nobody leaves': {
      base: 'shipped',
      set: { 'options.client-6/federated.drop.probability': '0%' },
      red: ['federated.inputs count ==', 'federated.round min >='],
    },
    'a timer twice as long': {
      base: 'shipped',
      set: all('phaseTimeout', '4s'),
      red: ['federated.round max <='],
    },
    'a timer three times as long': {
      base: 'shipped',
      set: all('phaseTimeout', '5980ms'),
      red: ['federated.round max <=', 'federated.round p95 <='],
    },
    'inputs around 0, whose classes are harder to tell apart': {
      base: 'shipped',
      set: all('data', '{ iid: true }'),
      red: ['dp.accuracy max >='],
    },
  },
};
