/** The run of mixnet for `live-protocols.slow-wall.test.ts`. */
import type { LiveCase } from '../live-case.ts';
import { quickMixnet } from '../on-sockets.ts';

export const liveCase: LiveCase = {
  protocols: ['mixnet'],
  file: 'mixnet.yaml',
  set: { duration: '7s', warmup: '2s', ...quickMixnet('4s') },
  delivery: 'mixnet.delivery',
  // Every message must be acknowledged by a reply over a SURB.
  counted: ['mix.messages.acknowledged', 'mix.loops.back'],
};
