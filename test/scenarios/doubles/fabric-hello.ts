/** Defects for fabric-hello.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'nobody who answers': {
      base: 'shipped',
      set: { 'options.bob/fabric.handler': 'none' },
      red: ['fabric.answered value >='],
    },
    'two calls': {
      base: 'shipped',
      set: { 'options.alice/fabric.load.count': '2' },
      red: ['fabric.handled count =='],
    },
    'a shorter cable': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '4ms' },
      red: ['fabric.call min >='],
    },
    'a cable twice as long': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '10ms' },
      red: ['fabric.call p50 <='],
    },
    'a cable around the Earth': {
      base: 'shipped',
      set: { 'topology.links.0.delay': '130ms' },
      red: ['fabric.call p50 <=', 'fabric.call max <='],
    },
  },
};
