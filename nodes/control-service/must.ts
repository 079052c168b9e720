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
  always: {},
  recover: { 'control.watched_lost': { value: '== 0' } },
  withinSeconds: 20,
};
