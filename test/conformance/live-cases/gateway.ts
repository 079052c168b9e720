/** The run of gateway for `live-protocols.slow-wall.test.ts`. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['gateway', 'scion'],
  file: 'failover.yaml',
  set: { duration: '4s', warmup: '2s', events: '[]', 'traffic.0.rate': '100/s' },
  delivery: 'gateway.delivery',
};
