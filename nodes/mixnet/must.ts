/**
 * Mixnet: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * The promises that a mixnet keeps: no duplicates ever, and delivery once faults are over. Not among them:
 * `mixnet.corrupted`, since between provider and client only the channel of the link keeps a message from being
 * changed (README, Limits).
 */
export const MIXNET_MUST: Must = {
  always: {
    'mixnet.duplicates': { count: '== 0' },
  },
  recover: {
    'mixnet.delivery': { value: '>= 99%' },
  },
  withinSeconds: 10,
  options: { 'replay.filters': ['2'], 'rates.providerLoop': ['1/s'] },
};
