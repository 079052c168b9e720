/**
 * Mixnet: limits that must hold in every scenario, whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * The limits: no duplicates at any time, and delivery once all faults are over. `mixnet.corrupted`
 * has no limit, since between provider and client only the channel of the link protects a message
 * from changes (README, Limits).
 */
export const MIXNET_MUST: Must = {
  always: {
    'mixnet.duplicates': { count: '== 0' },
    // Judged by ground truth outside the nodes: a packet that a mix accepts twice would show its
    // path.
    'mix.replay.false_negative': { count: '== 0' },
  },
  recover: {
    'mixnet.delivery': { value: '>= 99%' },
  },
  withinSeconds: 10,
  options: { 'replay.filters': ['2'], 'rates.providerLoop': ['1/s'] },
};
