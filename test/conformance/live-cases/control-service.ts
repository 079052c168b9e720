/** The run of the control service for `live-protocols.slow-wall.test.ts`: a gateway sends over paths that were found. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['control-service'],
  file: 'scion-beaconing.yaml',
  set: { duration: '14s', 'traffic.0.start': '9s', 'traffic.0.rate': '100/s' },
  delivery: 'gateway.delivery',
  // No service that is told everything from the start: beacons must have spread.
  counted: ['control.beacons_received'],
};
