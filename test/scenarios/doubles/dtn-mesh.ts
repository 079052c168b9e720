/** Defects for dtn-mesh.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a mesh without repair': {
      base: 'shipped',
      set: { 'options.dtn.mesh.repair': '0' },
      red: ['mesh.delivery.ratio value >=', 'mesh.transmissions_per_message value >='],
    },
    'links that lose less than they should': {
      base: 'shipped',
      set: { 'topology.defaults.link.loss': '10%' },
      red: [
        'mesh.delivery.ratio value <=',
        'mesh.energy count <=',
        'mesh.transmissions_per_message value <=',
      ],
    },
    'phones that relay everything': {
      base: 'shipped',
      set: { 'options.dtn.mesh.relay': '1' },
      red: [
        'mesh.delivery.ratio value <=',
        'mesh.energy count <=',
        'mesh.transmissions_per_message value <=',
      ],
    },
    'twice as many repairs as needed': {
      base: 'shipped',
      set: { 'options.dtn.mesh.repair': '60%' },
      red: [
        'mesh.delivery.ratio value <=',
        'mesh.energy count <=',
        'mesh.transmissions_per_message value <=',
      ],
    },
  },
};
