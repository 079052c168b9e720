/**
 * SCION control service: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * Each AS finds paths to all others again after faults: in hunted scenarios beacons leave at least every 5 s and pass a
 * few ASes, and an interface that was down is avoided for 10 s.
 */
export const CONTROL_MUST: Must = {
  always: {
    // No answer has a path over an interface that is believed to be down, and no interface is avoided for longer than a
    // report is believed.
    'control.revoked_paths': { count: '== 0' },
    'control.avoided': { max: '<= 10s' },
  },
  recover: { 'control.watched_lost': { value: '== 0' } },
  withinSeconds: 20,
};
