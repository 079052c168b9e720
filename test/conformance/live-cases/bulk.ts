/** The run of bulk for `live-protocols.slow-wall.test.ts`. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['bulk'],
  file: 'file-transfer.yaml',
  set: { duration: '4s', warmup: '0s', 'traffic.0.bytes': '300kB' },
  delivery: 'bulk.delivery',
};
