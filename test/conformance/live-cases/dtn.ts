/** The run of dtn for `live-protocols.slow-wall.test.ts`: bundles of the first way, before its contact ends. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['dtn'],
  file: 'dtn-tutorial.yaml',
  set: { duration: '6s', 'traffic.0.stop': '2500ms', 'traffic.0.rate': '10/s' },
  delivery: 'dtn.delivery',
};
