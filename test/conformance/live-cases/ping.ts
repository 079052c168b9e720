/** The run of ping for `live-protocols.slow-wall.test.ts`. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['ping'],
  file: 'hello.yaml',
  set: { duration: '1500ms', warmup: '300ms' },
  delivery: 'ping.delivery',
};
