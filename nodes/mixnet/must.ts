/**
 * Mixnet: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** See the module. */
export const MIXNET_MUST: Must = {
  always: {
    'mixnet.duplicates': { count: '== 0' },
    'mixnet.corrupted': { count: '== 0' },
  },
  recover: {
    'mixnet.delivery': { value: '>= 99%' },
  },
  withinSeconds: 10,
};
